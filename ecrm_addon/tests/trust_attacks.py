"""Every way by which a program reaches a field, a model or a method over RPC, as data.

An attack is (method, on records or on the model, arguments by name): so each door takes it.
"""

from collections import namedtuple

Attack = namedtuple("Attack", "method ids kwargs")
#: What Odoo answers to everybody, without a look at a record: names of fields, defaults that a
#: form begins with, external ids; that nothing is made of a name alone.
SILENT = {"fields_get", "default_get", "get_metadata", "name_create"}
#: What is undone afterwards, should it go through.
WRITING = {"create", "name_create", "write", "web_save", "copy", "unlink", "onchange",
           "update_field_translations"}  # fmt: skip


def on_field(name, ids, path=""):
    """Return the ways to learn or change a field.

    :param str path: of many2one fields that lead to it, with a dot behind each
    """
    dotted = path + name
    found, slashed = [(dotted, "!=", False)], dotted.replace(".", "/")
    reading = [
        Attack("search_read", None, {"domain": found, "fields": ["id"], "limit": 1}),
        Attack("search", None, {"domain": found}),
        Attack("search", None, {"domain": ["!", (dotted, "=", False)]}),
        Attack("search_count", None, {"domain": found}),
        Attack("web_search_read", None, {"domain": found, "specification": {}}),
        Attack("name_search", None, {"domain": found}),
        Attack("web_name_search", None, {"name": "", "domain": found, "specification": {}}),
        Attack("export_data", ids, {"fields_to_export": [slashed]}),
        Attack("web_read", ids, {"specification": spec(dotted)}),
        *grouped([], dotted),
        Attack(
            "formatted_read_group",
            None,
            {"domain": found, "groupby": ["id"], "aggregates": ["__count"]},
        ),
    ]
    if path:
        head, _dot, rest = dotted.partition(".")
        inner = [(head, "any", [(rest, "!=", False)])]
        return [*reading, Attack("search", None, {"domain": inner})]
    return [*reading, *directly(name, ids)]


def directly(name, ids):
    """Return the ways that take no path."""
    return [
        Attack("read", ids, {"fields": [name]}),
        Attack("read", ids, {"fields": ["id", name], "load": None}),
        Attack("search_read", None, {"domain": [], "fields": [name], "limit": 1}),
        Attack("web_search_read", None, {"domain": [], "specification": {name: {}}}),
        Attack("search", None, {"domain": [], "order": f"{name} desc"}),
        Attack("web_search_read", None, {"domain": [], "specification": {}, "order": name}),
        Attack("search_read", None, {"domain": [], "fields": ["id"], "order": f"id, {name}"}),
        *grouped([], None, f"{name}:count_distinct"),
        Attack("search_panel_select_range", None, {"field_name": name}),
        Attack("search_panel_select_multi_range", None, {"field_name": name}),
        Attack("get_field_translations", ids, {"field_name": name}),
        Attack("fields_get", None, {"allfields": [name]}),
        Attack("default_get", None, {"fields": [name]}),
        Attack("write", ids, {"vals": {name: False}}),
        Attack("web_save", ids, {"vals": {name: False}, "specification": {}}),
        Attack("update_field_translations", ids, {"field_name": name, "translations": {}}),
        Attack("create", None, {"vals_list": [{name: False}]}),
        Attack("copy", ids, {"default": {name: False}}),
        Attack("onchange", ids, {"values": {}, "field_names": [], "fields_spec": {name: {}}}),
    ]


def grouped(domain, name, aggregate="__count"):
    by = [name] if name else []
    common = {"domain": domain, "groupby": by}
    ways = [
        Attack("formatted_read_group", None, {**common, "aggregates": [aggregate]}),
        Attack("formatted_read_grouping_sets", None, {
            "domain": domain, "grouping_sets": [by], "aggregates": [aggregate]}),
    ]  # fmt: skip
    if name and "." not in name:
        ways += [Attack("read_group", None, {**common, "fields": []})]
    if name:
        bar = {"field": name, "colors": {"x": "danger"}}
        ways += [
            Attack("web_read_group", None, {**common, "aggregates": [aggregate]}),
            Attack("read_progress_bar", None, {
                "domain": domain, "group_by": name, "progress_bar": bar}),
        ]  # fmt: skip
    return ways


def spec(dotted):
    """Return the specification of ``web_read`` for a path.

    >>> spec("partner_id.name")
    {'partner_id': {'fields': {'name': {}}}}
    """
    head, _dot, rest = dotted.partition(".")
    return {head: {"fields": spec(rest)} if rest else {}}


def on_model(ids):
    """Return what a program does with a model and its records whatever the fields are."""
    return [
        Attack("search", None, {"domain": []}),
        Attack("search_count", None, {"domain": []}),
        Attack("search_read", None, {"domain": [], "fields": ["id"]}),
        Attack("web_search_read", None, {"domain": [], "specification": {}}),
        Attack("name_search", None, {"name": ""}),
        Attack("read", ids, {}),
        Attack("web_read", ids, {"specification": {"display_name": {}}}),
        Attack("export_data", ids, {"fields_to_export": ["display_name"]}),
        *grouped([], None),
        Attack("get_views", None, {"views": [[False, "list"], [False, "form"]]}),
        Attack("fields_get", None, {}),
        Attack("default_get", None, {"fields": ["company_id"]}),
        Attack("onchange", [], {"values": {}, "field_names": [], "fields_spec": {"id": {}}}),
        Attack("create", None, {"vals_list": [{}]}),
        Attack("name_create", None, {"name": "x"}),
        Attack("copy", ids, {}),
        Attack("write", ids, {"vals": {}}),
        Attack("web_save", ids, {"vals": {}, "specification": {}}),
        Attack("unlink", ids, {}),
        Attack("get_metadata", ids, {}),
    ]
