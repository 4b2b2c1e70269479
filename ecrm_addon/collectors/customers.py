"""Whose an e-mail or a chat is, in SQL: pieces that several collectors share."""

from typing import NamedTuple

from odoo.tools import SQL

from ..queries.expressions import device_key, email_key


class Customer(NamedTuple):
    """How a collector finds a person: joins, and SQL of what they define."""

    joins: SQL
    partner: SQL
    #: for ``_identities`` of the collector: kind -> key, the best one first
    identities: dict


def of_trace(env, trace):
    """Return the recipient of a mailing trace: its contact, else its address.

    A trace names a record of any model. That record's contact counts if it still exists
    or was merged into another one, and its identity knows into which.

    :param SQL trace: alias of the table ``mailing_trace``
    """
    # OFFSET 0 keeps PostgreSQL from copying the expression to every place of its use
    joins = SQL(
        """
        CROSS JOIN LATERAL (
            SELECT CASE %(trace)s.model WHEN 'res.partner' THEN %(trace)s.res_id %(other)s END
                   AS id OFFSET 0
        ) named
        LEFT JOIN res_partner recipient ON recipient.id = named.id
        CROSS JOIN LATERAL (
            SELECT coalesce(recipient.id, (
                SELECT named.id FROM ecrm_identity merged
                 WHERE merged.kind = 'partner' AND merged.key = named.id::text
                   AND merged.partner_id IS NOT NULL
            )) AS id OFFSET 0
        ) addressee
        """,
        trace=trace,
        other=SQL(" ").join(
            SQL(
                "WHEN %s THEN (SELECT partner_id FROM %s doc WHERE doc.id = %s.res_id)",
                model._name,
                SQL.identifier(model._table),
                trace,
            )
            for model in _mailed_models(env)
        ),
    )
    partner = SQL("addressee.id")
    email = email_key(SQL("%s.email", trace))
    return Customer(joins, partner, {"partner": partner, "email": email})


def _mailed_models(env):
    """Return the models that mailings are sent to and whose records have a contact."""
    models_ = [env[name] for name in sorted(env.registry) if name != "res.partner"]
    return [
        model
        for model in models_
        if getattr(model, "_mailing_enabled", False)
        and model._auto
        and (field := model._fields.get("partner_id"))
        and field.store
        and field.comodel_name == "res.partner"
    ]


def of_chat(env, channel):
    """Return who started a live chat: a contact, else a browser.

    A guest who logs in goes on as a second visitor of the same chat, by name.

    :param SQL channel: alias of the table ``discuss_channel``
    """
    joins = SQL(
        """
        LEFT JOIN LATERAL (
            SELECT partner_id, guest_id FROM im_livechat_channel_member_history member
             WHERE member.channel_id = %(channel)s.id
               AND member.livechat_member_type = 'visitor'
             ORDER BY member.partner_id IS NULL, member.id LIMIT 1
        ) chatter ON TRUE
        LEFT JOIN res_partner chat_partner
               ON chat_partner.id = chatter.partner_id AND chatter.partner_id != ALL(%(public)s)
        """,
        channel=channel,
        public=env["res.partner"]._ecrm_public_ids(),
    )
    partner = SQL("chat_partner.id")
    browser = device_key(SQL("('mail.guest,' || chatter.guest_id)"))
    if "livechat_visitor_id" in env["discuss.channel"]._fields:
        joins = SQL(
            """
            %s LEFT JOIN website_visitor chat_visitor
                      ON chat_visitor.id = %s.livechat_visitor_id
            """,
            joins,
            channel,
        )
        partner = SQL("coalesce(chat_visitor.partner_id, chat_partner.id)")
        browser = SQL("coalesce(%s, %s)", of_visitor(SQL("chat_visitor")), browser)
    return Customer(joins, partner, {"partner": partner, "device": browser})


def of_visitor(visitor):
    """Return the key of an anonymous visitor's browser.

    The token of a visitor that had a contact is that contact's id: it names no browser.

    :param SQL visitor: alias of the table ``website_visitor``
    """
    return SQL(
        "CASE WHEN length(%(visitor)s.access_token) = 32 THEN %(key)s END",
        visitor=visitor,
        key=device_key(SQL("%s.access_token", visitor)),
    )
