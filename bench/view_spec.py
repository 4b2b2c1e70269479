"""What the web client asks the server for when it opens a form or a list."""

from lxml import etree


def fields_of(env, model, view_type):
    """Return the specification of ``web_read`` / ``web_search_read`` for a model's view.

    Fields that the user's groups hide are not in the view, so not in the answer.
    """
    views = env[model].get_views([(False, view_type)])
    arch = etree.fromstring(views["views"][view_type]["arch"])
    infos = {name: info["fields"] for name, info in views["models"].items()}
    return specification(arch, model, infos)


def specification(node, model, infos):
    """Return {field: {} or {"fields": ...}} of a view's fields, lists inside it included."""
    spec = {}
    level = int(node.xpath("count(ancestor::field)")) + (node.tag == "field")
    for child in node.xpath(f".//field[count(ancestor::field) = {level}]"):
        name = child.get("name")
        info = infos.get(model, {}).get(name, {})
        kind, relation = info.get("type"), info.get("relation")
        spec.setdefault(name, {})
        if kind == "many2one":
            spec[name] = {"fields": {"display_name": {}}}
        elif kind in ("one2many", "many2many"):
            inner = specification(child, relation, infos)
            if not len(child) and kind == "many2many":
                inner = {"display_name": {}}  # tags
            if inner:
                spec[name] = {"fields": inner, "limit": 40}
    return spec
