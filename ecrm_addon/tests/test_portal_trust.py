"""Who may not gets nothing by RPC: customers, salespeople without eCRM, and nobody at all.

What can be asked for is made out of the registry, so that a model, field or method of tomorrow
is asked for, too. Everything is tried inside, as all doors call it, and a part of it at each
door. The numbers are those of the attack cases: C1 to C13, C81.
"""

import inspect
from itertools import cycle

from odoo.exceptions import AccessError
from odoo.service.model import get_public_method
from odoo.tests import tagged
from odoo.tools import mute_logger

from . import trust_attacks
from .trust_attacks import SILENT, Attack
from .trust_case import DOORS, MUTED, REFUSALS, TrustCase

#: Who works here may read how the company counts, and its canned answers; customers and
#: visitors may not.
OF_STAFF = {"mail.canned.response", "res.company", "website"}
#: What makes no sense without a table; its errors are others.
OF_TABLES = {"read", "web_read", "get_metadata", "export_data"}
SCREENS = ("ir.actions.act_window", "ir.actions.client")
#: By which a record of Odoo's leads a program to the fields that we add to another one.
PATHS = [
    ("sale.order", "res.partner", "partner_id."),
    ("sale.order", "res.partner", "user_id.partner_id."),
    ("res.users", "res.partner", "partner_id."),
    ("res.partner", "res.partner", "parent_id."),
    ("sale.order.line", "sale.order", "order_id."),
]


@tagged("post_install", "-at_install")
class TestTrust(TrustCase):
    @mute_logger(*MUTED)
    def test_models(self):
        """C1, C6: no model of ours is read, searched, counted, written, whoever asks."""
        before, models = self._writes(), self._our_models()
        self.assertGreater(len(models), 80)
        leaks = []
        for user in self._outsiders():
            for model in models:
                attacks = trust_attacks.on_model(self._ids(user, model))
                if self.env[model]._abstract:  # there are no records, and some trip over it
                    attacks = [a for a in attacks if a.method not in OF_TABLES]
                leaks += self._leaks(user, model, attacks)
        self.assertFalse(leaks, "\n".join(map(str, leaks[:30])))
        self.assertEqual(self._writes(), before)

    def _leaks(self, user, model, attacks):
        """Return which attacks were not answered with "you may not"."""
        leaks = []
        for attack in attacks:
            answer = self._inside(user, model, attack)
            refused = answer.error in ("AccessError", "MissingError")
            # a salesperson's own right, and a customer's lack of one
            refused = refused or attack.method == "export_data" and answer.error == "UserError"
            if not refused and attack.method not in SILENT:
                leaks.append((user.login, model, attack.method, attack.kwargs, answer))
        return leaks

    @mute_logger(*MUTED)
    def test_fields(self):
        """C2, C3, C4, C6: no field of ours on Odoo's models, by value, domain, order or group."""
        before, leaks, seen = self._writes(), [], set()
        for user in self.rosa.user_ids | self.sam:
            for model, field in self._our_fields():
                if self.env[model]._transient or (model in OF_STAFF and user == self.sam):
                    continue
                seen.add(model)
                # that a required field is set Odoo says without looking at it
                is_known = model in OF_STAFF
                if is_known or not self.env[model].with_user(user).has_access("read"):
                    attacks = [Attack("search_read", None, {"fields": [field.name]})]
                else:
                    attacks = self._possible(model, field, user)
                leaks += self._leaks(user, model, attacks)
                known = self.env[model].with_user(user).fields_get([field.name])
                if known and self.env[model].with_user(user).has_access("read"):
                    leaks.append((user.login, model, field.name, "fields_get"))
        self.assertFalse(leaks, "\n".join(map(str, leaks[:30])))
        self.assertLessEqual({"res.partner", "res.users", "sale.order", "sale.report"}, seen)
        self.assertEqual(self._writes(), before)

    def _possible(self, model, field, user):
        """Return the attacks on a field, without those that its kind does not know."""
        attacks = trust_attacks.on_field(field.name, self._ids(user, model))
        # of a selection Odoo takes the words from fields_get, which has none of it
        is_filter = field.type == "many2one" and field.store
        return [
            attack
            for attack in attacks
            if is_filter or not attack.method.startswith("search_panel")
        ]

    @mute_logger(*MUTED)
    def test_paths(self):
        """C2, C4: nor on the way from another record."""
        leaks = []
        for user in self.rosa.user_ids | self.sam:
            for model, of_model, path in PATHS:
                ids = self._ids(user, model)
                names = [field.name for name, field in self._our_fields() if name == of_model]
                self.assertTrue(names)
                for name in names:
                    attacks = trust_attacks.on_field(name, ids, path)
                    leaks += self._leaks(user, model, attacks)
        self.assertFalse(leaks, "\n".join(map(str, leaks[:30])))

    def test_no_field_without_a_group(self):
        """Each field of ours where customers may read the model at all is for a group."""
        customer = self.rosa.user_ids
        readable = {
            (model, field.name)
            for model, field in self._our_fields()
            if not field.groups and self.env[model].with_user(customer).has_access("read")
        }
        self.assertFalse(readable)

    # ------------------------------------------------------------
    # METHODS
    # ------------------------------------------------------------

    def _methods(self):
        """Return (model, method, signature) of all that we let programs call."""
        for model in self.env.registry:
            cls = type(self.env[model])
            for name in dir(cls):
                if name.startswith("_") or not inspect.isfunction(getattr(cls, name)):
                    continue
                owners = [base.__module__ for base in cls.mro() if name in vars(base)]
                ours = all(owner.startswith("odoo.addons.ecrm_addon") for owner in owners)
                if ours and not self._is_private(model, name):
                    yield model, name, inspect.signature(getattr(cls, name))

    def _is_private(self, model, name):
        try:
            get_public_method(self.env[model], name)
        except AccessError:
            return True
        return False

    def _arguments(self, signature):
        """Return something for each argument: an id of Tim's, who is none of theirs."""
        names = [name for name in signature.parameters if name != "self"]
        known = {"partner_id": self.tim.id, "company": self.env.company.id}
        return {
            name: known.get(name, self.tim.id)
            for name in names
            if signature.parameters[name].default is inspect.Parameter.empty
            and signature.parameters[name].kind is inspect.Parameter.POSITIONAL_OR_KEYWORD
        }

    def _is_refused(self, answer):
        """Return whether an answer is no, or the name of a screen with the id that was sent.

        Screens ask for their records themselves, with the rights of who opens them.
        """
        if answer.error:
            return answer.error in (*REFUSALS, "UserError")
        is_screen = isinstance(answer.result, dict) and answer.result.get("type") in SCREENS
        return is_screen and "secret" not in str(answer.result)

    @mute_logger(*MUTED)
    def test_methods(self):
        """C7, C12: every public method, with what is Tim's, for Rosa, Sam and nobody."""
        before, called, leaks, doors = self._writes(), 0, [], cycle(DOORS)
        self._login(self.rosa)
        for model, name, signature in self._methods():
            on_model = getattr(getattr(type(self.env[model]), name), "_api_model", False)
            ids = None if on_model else self._ids(self.tim.user_ids, model)
            attack = Attack(name, ids, self._arguments(signature))
            called += 1
            for user in self._outsiders():
                answer = self._inside(user, model, attack)
                if not self._is_refused(answer):
                    leaks.append((user.login, model, name, answer))
            answer = getattr(self, next(doors))(
                self.rosa.user_ids, model, name, ids, **attack.kwargs
            )
            if not self._is_refused(answer):
                leaks.append(("rosa", model, name, answer))
        self.assertFalse(leaks, "\n".join(map(str, leaks[:30])))
        self.assertGreater(called, 40)
        self.assertEqual(self._writes(), before)
