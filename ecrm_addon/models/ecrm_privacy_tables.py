from odoo import api, models
from odoo.fields import Domain
from odoo.tools import split_every

from ..lib.privacy.table import ANONYMISED, ERASED, KEPT, Part, Subject
from ..lib.tracking.event import jsonable
from ..queries import erase_rows, find_personal_rows

#: Rows of the export read at once.
READ = 1_000
#: An erasure writes no notes about itself: they would tell what was erased.
QUIETLY = {"tracking_disable": True, "mail_notrack": True, "mail_create_nolog": True}


class EcrmPrivacy(models.AbstractModel):
    """The tables that name a person: one declaration of each, of which all else is derived.

    A company adds its own by one hook::

        class EcrmPrivacy(models.AbstractModel):
            _inherit = "ecrm.privacy"

            def _personal_tables(self):
                return {
                    **super()._personal_tables(),
                    "bookings": PersonalTable(
                        "hotel.booking",
                        self.env._("Your bookings"),
                        partners=("guest_id",),
                        told=("arrival", "nights", "wishes"),
                    ),
                }

    Then the export tells of bookings, the preview counts them, an erasure removes them and
    the privacy lookup lists them. What has to be kept is declared with ``action=KEPT``.
    """

    _inherit = "ecrm.privacy"

    # ------------------------------------------------------------
    # THE HOOK
    # ------------------------------------------------------------

    @api.model
    @api.private
    def _personal_tables(self):
        """Return the tables that name people; to be extended.

        :return dict: code -> ``PersonalTable``; a code is a key of the export and of a
            ``Part``. One model may have several, such as orders that have to be kept and
            carts that need not. Tables are treated in this order
        """
        return {}

    def _tables(self):
        """Return the declared tables that this database has."""
        return {
            code: table
            for code, table in self._personal_tables().items()
            if table.model in self.env
        }

    # ------------------------------------------------------------
    # WHO
    # ------------------------------------------------------------

    def _subject(self, partner, email=None):
        """Return everything by which a person is found.

        :param res.partner partner: one contact, or empty
        :param str email: an address of hers, normalized
        :return Subject:
        """
        # sudo: who may ask is checked before
        partners_sudo = self._own_contacts(partner.sudo())
        users_sudo = self.env["res.users"].sudo().with_context(active_test=False)
        users_sudo = users_sudo.search([("partner_id", "in", partners_sudo.ids)])
        addresses = set(self.sudo()._emails(partner)) if partner else set()
        addresses |= {login.lower() for login in users_sudo.mapped("login") if "@" in login}
        addresses |= {email.lower()} if email else set()
        own = self._exclusive(addresses, partners_sudo)
        return Subject(
            partner_ids=partners_sudo.ids,
            user_ids=users_sudo.ids,
            emails=sorted(own),
            shared=sorted(addresses - own),
            words=self._words(partners_sudo, addresses),
            ips=self._seen_from(users_sudo),
            company_ids=None if self.env.su else self.env.user.company_ids.ids,
        )

    def _own_contacts(self, partner):
        """Return a contact with its addresses: those below it that are no people."""
        if not partner:
            return partner
        children = partner.with_context(active_test=False).child_ids
        return partner | children.filtered(
            lambda child: (
                child.type in ("invoice", "delivery", "other")
                and not child.is_company
                and not child.with_context(active_test=False).user_ids
                # at a company, an address with a mailbox of its own is somebody who works there
                and not (
                    partner.is_company
                    and child.email_normalized
                    and child.email_normalized != partner.email_normalized
                )
            )
        )

    def _exclusive(self, addresses, partners):
        """Return those of addresses that no other contact has: rows are found by them."""
        # sudo: that somebody has an address counts, whoever may see that contact
        others_sudo = self.env["res.partner"].sudo().with_context(active_test=False)
        others_sudo = others_sudo.search(
            [("email_normalized", "in", list(addresses)), ("id", "not in", partners.ids)]
        )
        # where nobody's contact is asked about, the address itself is
        shared = set(others_sudo.mapped("email_normalized")) if partners else set()
        return addresses - shared

    def _words(self, partners, addresses):
        told = set(addresses)
        for partner in partners:
            told |= {partner.email, partner.phone, partner.phone_sanitized, partner.street}
            told.add(partner.name if partner.name and " " in partner.name.strip() else None)
        # what is short stands for too much else; what is long may hold a shorter one
        words = {word.strip() for word in told if word and len(word.strip()) > 4}
        return sorted(words, key=lambda word: (-len(word), word))

    def _seen_from(self, users):
        """Return the network addresses from which users logged in, as far as it is known."""
        of_users, seen = [("user_id", "in", users.ids)], set()
        for model, column in (("res.device.log", "ip_address"), ("auth.totp.rate.limit.log", "ip")):
            if model in self.env:
                # sudo: who may ask is checked before
                seen |= set(self.env[model].sudo().search(of_users).mapped(column))
        return sorted(ip for ip in seen if ip)

    # ------------------------------------------------------------
    # FINDING
    # ------------------------------------------------------------

    def _found(self, subject):
        """Return the rows of a person in all declared tables: code -> ids."""
        found = {}
        for code, table in self._tables().items():
            ids = self._row_ids(table, subject)
            if ids:
                found[code] = ids
        return found

    def _row_ids(self, table, subject):
        """Return the ids of the rows of one table."""
        # sudo: who may ask is checked before; rows of other companies are left out below
        model_sudo = self.env[table.model].sudo().with_context(active_test=False)
        conditions = self._conditions(table, model_sudo, subject)
        ids = set()
        if conditions:
            owners = self._owners(table, model_sudo, subject)
            query = find_personal_rows.build(model_sudo._table, conditions, owners)
            ids = {row[0] for row in self.env.execute_query(query)}
        if table.find:
            ids |= set(table.find(self.env, subject))
        if not ids:
            return []
        domain = Domain("id", "in", list(ids))
        narrowing = self._narrowing(table, model_sudo, subject)
        if not narrowing.is_true():
            ids = model_sudo.search(domain & narrowing).ids
        return sorted(ids)

    def _conditions(self, table, model, subject):
        ways = (
            (table.partners, subject.partner_ids, find_personal_rows.by_ids),
            (table.users, subject.user_ids, find_personal_rows.by_ids),
            (table.emails, subject.emails, find_personal_rows.by_address),
            (table.texts, subject.emails, find_personal_rows.by_text),
            (table.ips, subject.ips, find_personal_rows.by_ids),
        )
        return [
            condition(column, keys)
            for columns, keys, condition in ways
            for column in columns
            if keys and self._has_column(model, column)
        ]

    def _owners(self, table, model, subject):
        """Return the columns that must lead to nobody where only an address is asked about.

        Several contacts may have the address, or an employee: their rows are theirs.
        """
        if subject.partner_ids:
            return []
        return [column for column in table.partners if self._has_column(model, column)]

    def _narrowing(self, table, model, subject):
        domain = Domain(list(table.only)) if table.only else Domain.TRUE
        if subject.company_ids is not None and self._has_column(model, "company_id"):
            domain &= Domain("company_id", "in", [False, *subject.company_ids])
        return domain

    @staticmethod
    def _has_column(model, name):
        # some columns are none of fields: those that only SQL reads and writes
        field = model._fields.get(name)
        return name == "id" or bool(field and field.store and field.column_type)

    # ------------------------------------------------------------
    # TELLING
    # ------------------------------------------------------------

    def _tell(self, partner, email=None):
        """Add the declared tables to the export."""
        told = super()._tell(partner, email)
        self = self._of_all_companies()
        self.env.flush_all()
        subject = self._subject(partner, email)
        for code, table in self._tables().items():
            if table.told or table.tell:
                told[code] = self._told_rows(table, self._row_ids(table, subject), subject)
        return told

    def _told_rows(self, table, ids, subject):
        # sudo: the export was allowed before; names of staff are in no declared field
        model_sudo = self.env[table.model].sudo().with_context(active_test=False)
        tell = table.tell or self._told_fields(table)
        return [
            {name: jsonable(value) for name, value in row.items()}
            for batch in split_every(READ, ids)
            for row in tell(model_sudo.browse(batch), subject)
        ]

    @staticmethod
    def _told_fields(table):
        def tell(records, _subject):
            return records.read([name for name in table.told if name in records._fields])

        return tell

    # ------------------------------------------------------------
    # FORGETTING
    # ------------------------------------------------------------

    def _parts(self, found):
        """Return what an erasure does with rows that were found.

        :param dict found: see ``_found``
        :return list[Part]:
        """
        tables = self._tables()
        parts = [self._part(code, tables[code], ids) for code, ids in found.items()]
        # what is kept because of other rows is so as long as they are
        latest = max((part.until for part in parts if part.until), default=None)
        return [
            part._replace(until=latest) if part.action == KEPT and not part.until else part
            for part in parts
        ]

    def _shared_parts(self, subject):
        """Return that what is known by an address stays, where others have it, too."""
        if not subject.shared:
            return []
        return [
            Part(
                "shared_address",
                self.env._("What is known by your e-mail address alone, such as mailing lists"),
                len(subject.shared),
                KEPT,
                self.env._("Another contact has the same address."),
                None,
            )
        ]

    def _part(self, code, table, ids):
        records_sudo = self.env[table.model].sudo().browse(ids)  # allowed before
        reason = table.reason(records_sudo) if callable(table.reason) else table.reason
        until = table.until(records_sudo) if table.until else None
        return Part(code, table.label, len(ids), table.action, reason or None, until)

    def _forget_rows(self, found, subject):
        """Do with rows what was declared."""
        tables = self._tables()
        for code, ids in found.items():
            for batch in split_every(tables[code].batch, ids, list):
                self._forget_batch(tables[code], batch, subject)

    def _forget_batch(self, table, ids, subject):
        model = self.env[table.model]
        if table.forget:
            table.forget(self.env, ids, subject)
        elif table.action == ERASED and table.mass:
            self.env.cr.execute(erase_rows.delete(model._table, "id", ids))
        elif table.action == ERASED:
            self._drop(model.browse(ids).exists())
        self._write_values(table, ids, subject)
        if table.action == ANONYMISED and table.strip and hasattr(model, "message_post"):
            self._strip(table.model, ids)
        self.env.invalidate_all()

    def _write_values(self, table, ids, subject):
        model = self.env[table.model]
        values = {
            name: value for name, value in table.values.items() if self._has_column(model, name)
        }
        if not values:
            return
        self.env.flush_all()
        own = dict.fromkeys(table.partners, subject.partner_ids)
        own |= dict.fromkeys(table.users, subject.user_ids)
        self.env.cr.execute(erase_rows.empty(model._table, values, ids, subject.words, own))

    def _strip(self, model, ids):
        """Remove what hangs on records that stay as nobody's: talk, files, to-dos."""
        for name, model_column in (
            ("mail.message", "model"),
            ("mail.activity", "res_model"),
            ("ir.attachment", "res_model"),
            ("mail.followers", "res_model"),
        ):
            hanging = self.env[name].with_context(active_test=False, **QUIETLY)
            # naming the field lets Odoo find the files of image fields, too
            also = [("res_field", "in", [False, *self._binary_fields(model)])]
            domain = [(model_column, "=", model), ("res_id", "in", ids)]
            self._drop(hanging.search(domain + (also if name == "ir.attachment" else [])))

    def _drop(self, records):
        """Delete records; where law or Odoo forbids it for some, an extension empties them."""
        records.with_context(**QUIETLY).unlink()

    def _binary_fields(self, model):
        fields = self.env[model]._fields
        return [name for name, field in fields.items() if field.type in ("binary", "image")]

    def _forget_links(self, subject):
        """Take the contact out of all mere links: tags, recipients, whatever there is."""
        self.env.flush_all()
        rows = self.env.execute_query(find_personal_rows.references("res_partner"))
        for table, column, is_link in rows:
            if is_link:
                self.env.cr.execute(erase_rows.delete(table, column, subject.partner_ids))
        for model, ids in (("res.partner", subject.partner_ids), ("res.users", subject.user_ids)):
            self.env.cr.execute(erase_rows.delete_xmlids(model, ids))

    def _forget_dialogs(self, subject):
        """Remove open dialogs and messages to browsers; Odoo does so within hours or days."""
        tables = ["ir_logging", "bus_bus"]
        for model in self.env.registry.values():
            if model._transient and model._auto and not model._abstract:
                tables.append(model._table)
                for name, field in model._fields.items():
                    ids = {"res.partner": subject.partner_ids, "res.users": subject.user_ids}.get(
                        field.comodel_name if field.type == "many2one" and field.store else None
                    )
                    if ids and name not in ("create_uid", "write_uid"):
                        self.env.cr.execute(erase_rows.delete(model._table, name, ids))
        for table in tables:
            if subject.words:
                self.env.cr.execute(erase_rows.delete_where_named(table, subject.words))

    # ------------------------------------------------------------
    # WHAT IS KEPT
    # ------------------------------------------------------------

    def _kept(self, subject):
        """Return the rows that have to be kept: model -> ids; found once."""
        if "kept" not in subject.memory:
            kept = subject.memory["kept"] = {}
            for table in self._tables().values():
                # what is kept because other rows are is found by these
                if table.action == KEPT and not table.find:
                    kept.setdefault(table.model, []).extend(self._row_ids(table, subject))
        return subject.memory["kept"]
