"""Search in the help pages: milliseconds and queries with 10,000 articles.

Each search as a visitor's page asks it, with empty record caches, beside what Odoo's own search of
a website does with the same texts: ``ILIKE`` on each word. Words are as common as in a language:
the first one stands in almost each article, the last ones in one or two.
"""

import random

from odoo.tools import SQL

from bench import database
from bench.measure import Result, median, timed

DATABASE = database.PREFIX + "help"
ARTICLES, CATEGORIES, WORDS, LENGTH = 10_000, 25, 30_000, 150
BATCH, ROUNDS = 500, 15
MAX_MS, MAX_QUERIES = 150.0, 10
TABLES = ("ecrm_faq", "ecrm_faq_text", "ecrm_faq_word")
#: What of the words is asked: numbers of words, from the commonest on.
QUESTIONS = {
    "a common word": [2],
    "a rare word": [9000],
    "three words": [3, 40, 300],
    "while typing: three letters": [40],
    "a mistyped word": [2500],
    "words that are together in no article": [20000, 21000, 22000, 23000],
    "a word that is nowhere": [],
}


def run(scale):
    count = int(ARTICLES * scale)
    database.copy(database.stock(), DATABASE)
    database.install(DATABASE, database.OURS)
    try:
        with database.environment(DATABASE) as env:
            words = make_words(random.Random(7))
            _done, seconds = timed(fill, env, words, count)
            database.analyze(env, TABLES)
            results = [Result(f"help: writing {count:,} articles", seconds, "s")]
            for name, numbers in QUESTIONS.items():
                results += search_results(env, name, question(words, name, numbers))
            return [*results, *related_results(env)]
    finally:
        database.drop(DATABASE)


def make_words(chance):
    """Return made-up words without doubles, shorter ones first as in a language."""
    parts = ["ba", "ko", "ri", "lu", "ten", "mar", "sol", "vi", "dra", "pe", "gon", "shi"]
    found = {}
    while len(found) < WORDS:
        length = 3 + len(found) * 3 // WORDS + chance.randrange(2)
        found.setdefault("".join(chance.choices(parts, k=length)))
    return list(found)


def fill(env, words, count):
    """Write the articles through the ORM, as an import does."""
    chance = random.Random(11)
    weights = [1 / (n + 1) for n in range(len(words))]
    categories = env["ecrm.faq.category"].create(
        [{"name": f"Category {n}"} for n in range(CATEGORIES)]
    )
    faq = env["ecrm.faq"].with_context(tracking_disable=True, mail_create_nolog=True)
    for start in range(0, count, BATCH):
        faq.create(
            [
                {
                    "name": " ".join(chance.choices(words, weights, k=6)),
                    "keywords": " ".join(chance.choices(words, weights, k=3)),
                    "body": f"<p>{' '.join(chance.choices(words, weights, k=LENGTH))}</p>",
                    "category_id": categories[number % CATEGORIES].id,
                    "is_published": True,
                }
                for number in range(start, min(start + BATCH, count))
            ]
        )
        env.cr.commit()


def question(words, name, numbers):
    typed = [words[number] for number in numbers] or ["qqxxyyzz"]
    if "typing" in name:
        return typed[0][:3]
    if "mistyped" in name:
        return typed[0][:2] + typed[0][3] + typed[0][2] + typed[0][4:] + "x"
    return " ".join(typed)


def search_results(env, name, text):
    website = env["website"].search([], limit=1)
    ours, queries, found = [], 0, 0
    for _round in range(ROUNDS):
        env.invalidate_all()
        before = env.cr.sql_log_count
        answer, took = timed(env["ecrm.faq"]._search_public, website, text, 20)
        queries, found = env.cr.sql_log_count - before, len(answer)
        ours.append(took)
    stock = median([timed(search_stock, env, text)[1] for _round in range(5)])
    ms = 1000 * median(ours)
    note = f"{found} shown; ILIKE {1000 * stock:.0f} ms"
    return [
        Result(f"help: {name}", ms, "ms", MAX_MS, ratio=ms / (1000 * stock), note=note),
        Result(f"help: {name}: queries", queries, "queries", MAX_QUERIES),
    ]


def search_stock(env, text):
    """Search as ``website.searchable.mixin`` does: each word in one of the fields."""
    env.invalidate_all()
    domain = env["ecrm.faq"]._search_build_domain([], text, ["name", "keywords", "body"])
    env["ecrm.faq"].search(domain, limit=20)
    return env["ecrm.faq"].search_count(domain)


def related_results(env):
    website = env["website"].search([], limit=1)
    articles = env["ecrm.faq"].search([], limit=ROUNDS)
    finder = env["ecrm.faq.finder"]
    related = [timed(finder._related, website, article, 4)[1] for article in articles]
    home = [timed(env["ecrm.faq"]._home, website)[1] for _round in range(ROUNDS)]
    [(size,)] = env.execute_query(SQL("SELECT pg_total_relation_size('ecrm_faq_text') >> 20"))
    return [
        Result("help: related articles", 1000 * median(related), "ms", MAX_MS),
        Result("help: the first page", 1000 * median(home), "ms", MAX_MS),
        Result("help: what the search keeps", size, "MB"),
    ]
