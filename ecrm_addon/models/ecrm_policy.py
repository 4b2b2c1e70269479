from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .res_company_policy import RULES

#: Only publishing sets these.
LOCKED = {"state", "number", "published_on", "published_by"}


class EcrmPolicy(models.Model):
    """One version of the rules by which a company scores its customers.

    What is in force stands where it always stood: in the settings of the company, on the
    kinds of touchpoints and on the tiers. A published version is a copy of it, so that one
    can look up what held when. A draft is a copy that one may change and try out.

    ========== ==============================================================
    draft      may be changed, compared with what is in force, and published
    published  in force; one per company
    archived   was in force
    ========== ==============================================================
    """

    _name = "ecrm.policy"
    _inherit = ["ecrm.policy.rules.mixin", "ecrm.policy.study.mixin"]
    _description = "Scoring Policy"
    _order = "state desc, number desc, id desc"

    name = fields.Char(required=True, copy=False)
    number = fields.Integer("Version", readonly=True, copy=False, aggregator=None)
    state = fields.Selection(
        [("draft", "Draft"), ("published", "In Force"), ("archived", "Archived")],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
    )
    published_on = fields.Datetime(readonly=True, copy=False)
    published_by = fields.Many2one(
        "res.users", readonly=True, copy=False, help="Nobody: it was changed in the settings."
    )
    note = fields.Text(help="Why, and what is expected of it.")
    run_count = fields.Integer("Scoring Runs", compute="_compute_run_count")

    _in_force_unique = models.UniqueIndex(
        "(company_id) WHERE state = 'published'", "Only one policy of a company is in force."
    )
    _number_unique = models.UniqueIndex(
        "(company_id, number) WHERE number > 0", "There is such a version already."
    )

    # ------------------------------------------------------------
    # COMPUTE
    # ------------------------------------------------------------

    @api.depends("name", "number")
    def _compute_display_name(self):
        for policy in self:
            name = policy.name or self.env._("New draft")
            policy.display_name = f"{policy.number}: {name}" if policy.number else name

    def _compute_run_count(self):
        runs = self.env["ecrm.score.run"]
        counts = dict(runs._read_group([("policy_id", "in", self.ids)], ["policy_id"], ["__count"]))
        for policy in self:
            policy.run_count = counts.get(policy._origin, 0)

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model
    def default_get(self, fields):
        """Begin a draft with what is in force."""
        company = self.env["res.company"].browse(self.env.context.get("default_company_id"))
        copy = self._copy_of((company or self.env.company)._ecrm_rules())
        found = {name: value for name, value in copy.items() if name in fields}
        return {**found, **super().default_get(fields)}

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su and any(LOCKED & set(vals) for vals in vals_list):
            raise UserError(self.env._("A version begins as a draft, which is then published."))
        return super().create([self._filled(vals) for vals in vals_list])

    def _filled(self, vals):
        """Return values of a draft, with what is in force where nothing is said."""
        company = self.env["res.company"].browse(vals.get("company_id")) or self.env.company
        return {**self._copy_of(company._ecrm_rules()), "company_id": company.id, **vals}

    def write(self, vals):
        if not self.env.su and LOCKED & set(vals):
            raise UserError(self.env._("Publish a draft by its button."))
        is_version = any(policy.state != "draft" for policy in self)
        if is_version and set(vals) - LOCKED - {"name", "note"}:
            raise UserError(
                self.env._("Only drafts can be changed. Use the version again to make a draft.")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_if_draft(self):
        if any(policy.state != "draft" for policy in self):
            raise UserError(self.env._("Versions are kept: only drafts can be deleted."))

    @api.model
    def _copy_of(self, rules):
        """Return the values of a policy of these rules."""
        return {
            **{name: rules[name] for name in RULES},
            "weight_ids": [
                fields.Command.create({"kind_id": kind, "weight": weight})
                for kind, weight in rules["weights"].items()
            ],
            "minimum_ids": [
                fields.Command.create({"tier_id": tier, "minimum": minimum})
                for tier, minimum in rules["minimums"].items()
            ],
        }

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_publish(self):
        """Button: put a draft in force and have all customers scored by it."""
        self.ensure_one()
        self.check_access("write")
        self._lock(self.company_id)
        if self.state != "draft":
            raise UserError(self.env._("This version was published already."))
        self._check_rules()
        # what was changed elsewhere since is a version of its own; sudo: as for the scoring
        self.sudo()._in_force(self.company_id.sudo())
        self._complete()
        self._enforce()
        self._succeed(self, self.env.user)
        # sudo: crons are no business of eCRM managers otherwise
        self.env.ref("ecrm_addon.ir_cron_score").sudo()._trigger()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "title": self.env._("Version %s is in force", self.number),
                "message": self.env._(
                    "All customers are being scored anew in the background; that takes some "
                    "minutes. Scoring Runs shows when it is done."
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def action_use_again(self):
        """Button: make a draft of an older version."""
        self.ensure_one()
        draft = self.create(
            {
                "name": self.env._("%s, again", self.name),
                "company_id": self.company_id.id,
                **self._copy_of(self._wanted()),
            }
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": draft.id,
            "views": [(False, "form")],
        }

    # ------------------------------------------------------------
    # VERSIONS
    # ------------------------------------------------------------

    @api.model
    @api.private
    def _in_force(self, company):
        """Return the version that is in force; write it down if it was changed elsewhere.

        :param res.company company: of which company
        :return ecrm.policy: whose rules are those of the settings, kinds and tiers
        """
        latest = self._published(company)
        rules = company._ecrm_rules()
        if latest and latest._rules() == rules:
            return latest
        self._lock(company)
        name = self.env._("Changed in the settings") if latest else self.env._("First rules")
        found = self.create({"name": name, "company_id": company.id, **self._copy_of(rules)})
        self._succeed(found, self.env["res.users"])
        return found

    def _published(self, company):
        return self.search([("company_id", "=", company.id), ("state", "=", "published")], limit=1)

    def _succeed(self, policy, user):
        """Let a policy be the one that is in force, and archive the one before."""
        # sudo: nobody may write by hand what is in force
        policy_sudo = policy.sudo()
        before_sudo = self._published(policy.company_id).sudo()
        if before_sudo:
            before_sudo.state = "archived"
            before_sudo.flush_recordset()
        policy_sudo.write(
            {
                "state": "published",
                "number": before_sudo.number + 1,
                "published_on": fields.Datetime.now(),
                "published_by": user.id,
                "is_queued": False,
            }
        )
        policy_sudo.flush_recordset()

    def _lock(self, company):
        """Let one transaction at a time change which policy is in force.

        Who waited may not know yet what the other one did: the second statement then fails,
        as one of Odoo's transactions that is to be repeated.
        """
        self.env.flush_all()
        key = f"{self._name} {company.id}"
        self.env.cr.execute(SQL("SELECT pg_advisory_xact_lock(hashtext(%s))", key))
        self.env.cr.execute(
            SQL("SELECT FROM ecrm_policy WHERE company_id = %s FOR NO KEY UPDATE", company.id),
            log_exceptions=False,
        )

    def _complete(self):
        """Let the draft speak of the kinds and tiers that there are now, and of no others."""
        wanted = self._wanted()
        for lines, key, name in (
            (self.weight_ids, "kind_id", "weight"),
            (self.minimum_ids, "tier_id", "minimum"),
        ):
            values = wanted[f"{name}s"]
            lines.filtered(lambda line, key=key, values=values: line[key].id not in values).unlink()
            missing = set(values) - set(lines.exists()[key].ids)
            lines.create(
                [{"policy_id": self.id, key: id_, name: values[id_]} for id_ in sorted(missing)]
            )

    def _enforce(self):
        """Write the rules to where they are in force, as far as they differ."""
        rules = self._rules()
        # sudo: the settings of a company are an administrator's, but how customers are
        # scored is an eCRM manager's
        self.company_id.sudo().write(self._company_values())
        for model, name, field in (
            ("ecrm.touchpoint.kind", "weights", "weight"),
            ("ecrm.tier", "minimums", "minimum"),
        ):
            for record in self.env[model].browse(rules[name]):
                if record[field] != rules[name][record.id]:
                    record[field] = rules[name][record.id]
