"""What we hold about a person as pages that anybody can read, without scripts or pictures.

Everything that comes from outside is escaped here, and only here.
"""

from html import escape
from typing import NamedTuple

#: Works in both directions of writing, on a phone, on paper and in dark mode.
STYLE = """
:root{color-scheme:light dark}
body{font:16px/1.5 system-ui,sans-serif;max-width:70rem;margin:0 auto;padding:1rem}
h2{margin-block:2rem .5rem}
p,li,td,th{overflow-wrap:anywhere}
.wide{overflow-x:auto}
table{border-collapse:collapse;font-size:.875rem}
th,td{border:1px solid #8888;padding:.25rem .5rem;min-width:6rem}
th,td{text-align:start;vertical-align:top}
th{background:#8882}
a{display:inline-block;min-height:1.5rem}
a:focus-visible,.wide:focus-visible{outline:2px solid;outline-offset:2px}
"""


class Words(NamedTuple):
    """The words of a page, in the language of the person it is for."""

    lang: str = "en"
    direction: str = "ltr"
    yes: str = "Yes"
    nothing: str = "Nothing"


ENGLISH = Words()


def text_of(value, words=ENGLISH):
    """Return a value of an export as plain text.

    >>> [text_of(value) for value in (None, True, 0, "2026-03-01T10:00:00", [7, "Gold"])]
    ['', 'Yes', '0', '2026-03-01 10:00:00', 'Gold']
    >>> text_of({"page": "/tea", "tags": ["a", "b"]})
    'page: /tea; tags: a, b'
    """
    if value is None or value is False or value == "":
        return ""  # Odoo says False of whatever is empty
    if value is True:
        return words.yes
    if isinstance(value, dict):
        told = {key: text_of(item, words) for key, item in value.items()}
        return "; ".join(f"{key}: {text}" for key, text in told.items() if text)
    if isinstance(value, list | tuple):
        if len(value) == 2 and type(value[0]) is int and isinstance(value[1], str):
            return value[1]  # a record: its number and its name
        return ", ".join(filter(None, (text_of(item, words) for item in value)))
    text = str(value)
    is_instant = len(text) >= 19 and text[4:5] == text[7:8] == "-" and text[10] == "T"
    return text.replace("T", " ", 1)[:19] if is_instant else text


def humanize(name):
    """Return the name of a table or column as words.

    >>> humanize("odoo_visitors")
    'Odoo visitors'
    """
    words = name.replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def table(rows, words=ENGLISH, labels=None):
    """Return the HTML of a table; columns in which nothing stands are left out.

    :param list[dict] rows: one or more
    :param dict labels: heading by column, where the name itself will not do

    >>> print(table([{"name": "<b>", "at": None}], labels={"name": "Name"}))
    <div class="wide" tabindex="0"><table>
    <tr><th scope="col">Name</th></tr>
    <tr><td>&lt;b&gt;</td></tr>
    </table></div>
    """
    labels = labels or {}
    texts = [{key: text_of(value, words) for key, value in row.items()} for row in rows]
    filled = dict.fromkeys(key for row in texts for key, text in row.items() if text)
    heads = "".join(
        f'<th scope="col">{escape(labels.get(key) or humanize(key))}</th>' for key in filled
    )
    lines = [f"<tr>{heads}</tr>"]
    for row in texts:
        cells = "".join(f"<td>{escape(row.get(key, ''))}</td>" for key in filled)
        lines.append(f"<tr>{cells}</tr>")
    # with a keyboard one can scroll what has the focus only
    inner = "\n".join(lines)
    return f'<div class="wide" tabindex="0"><table>\n{inner}\n</table></div>'


def section(heading, value, words=ENGLISH, labels=None):
    """Return the HTML of one subject: its heading, how many rows, and these.

    :param value: rows, one row, or a single value

    >>> print(section("Visits", []))
    <h2>Visits (0)</h2>
    <p>Nothing</p>
    """
    if isinstance(value, dict):
        value = [value]
    if not isinstance(value, list | tuple):
        return f"<h2>{escape(heading)}</h2>\n<p>{escape(text_of(value, words))}</p>"
    head = f"<h2>{escape(heading)} ({len(value)})</h2>\n"
    if not value:
        return f"{head}<p>{escape(words.nothing)}</p>"
    if all(isinstance(row, dict) for row in value):
        return head + table(value, words, labels)
    items = "".join(f"<li>{escape(text_of(item, words))}</li>" for item in value)
    return f"{head}<ul>{items}</ul>"


def link(path, text):
    """Return the HTML of a link to another file of the same archive.

    >>> link("history-1.html", "1 & 2")
    '<a href="history-1.html">1 &amp; 2</a>'
    """
    return f'<a href="{escape(path)}">{escape(text)}</a>'


def contents(heading, links):
    """Return the HTML of a subject that has pages of its own.

    :param dict links: text by file name

    >>> contents("History", {"history-1.html": "Page 1"})
    '<h2>History</h2>\\n<ul><li><a href="history-1.html">Page 1</a></li></ul>'
    """
    items = "".join(f"<li>{link(path, text)}</li>" for path, text in links.items())
    return f"<h2>{escape(heading)}</h2>\n<ul>{items}</ul>"


def page(title, paragraphs, body, words=ENGLISH):
    """Return a whole page, which needs nothing from anywhere.

    :param list[str] paragraphs: plain text below the title
    :param str body: HTML

    >>> html = page("Your <data>", ["Made today."], "<h2>Visits</h2>", Words("ar", "rtl"))
    >>> '<html lang="ar" dir="rtl">' in html, "<h1>Your &lt;data&gt;</h1>" in html
    (True, True)
    """
    intro = "\n".join(f"<p>{escape(paragraph)}</p>" for paragraph in paragraphs)
    return (
        f'<!DOCTYPE html>\n<html lang="{escape(words.lang)}" dir="{escape(words.direction)}">\n'
        '<head><meta charset="utf-8"><meta name="viewport" content="width=device-width">\n'
        '<meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>{escape(title)}</title><style>{STYLE}</style></head>\n"
        f"<body><main>\n<h1>{escape(title)}</h1>\n{intro}\n{body}\n</main></body></html>\n"
    )
