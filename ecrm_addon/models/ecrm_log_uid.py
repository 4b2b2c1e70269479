import hashlib
import secrets
import uuid

from odoo import api, models
from odoo.tools import SQL

#: The secret of the ids that we give to what the server itself saw.
SECRET = "ecrm.uid_secret"


class EcrmLog(models.AbstractModel):
    """Ids of our own events: the same act has the same, and nobody else can say which.

    An event that was told already is passed over. So who knew the id of what is about to
    happen, such as the confirmation of the next order, could tell of something else under it
    and have the true event passed over: the holder of an API key, or a visitor. Our ids
    are therefore made with a secret of this database. Those from outside are stored as they
    came; random ones among 2^122 never meet ours.

    The secret is none of Odoo's own, which a copy of the database gets anew: the copy
    would then take its whole history for news.
    """

    _inherit = "ecrm.log"

    @api.model
    @api.private
    def own_uid(self, *parts):
        """Return the id of an act that the server tells of, for all of these parts the same.

        :param parts: what makes the act the only one, as texts or numbers
        :return str: a UUID
        """
        text = "\x1f".join(map(str, (self._uid_secret(), *parts)))
        return str(uuid.UUID(bytes=hashlib.sha256(text.encode()).digest()[:16]))

    @api.model
    @api.private
    def own_uid_select(self, *parts):
        """Return the SQL of such an id; NULL among the parts is left out.

        :param SQL parts: what makes the act the only one
        """
        secret = self._uid_secret()
        return SQL("md5(concat_ws(',', %s, %s))::uuid", secret, SQL(", ").join(parts))

    @api.model
    def _uid_secret(self):
        # sudo: whoever acts may not read parameters, and sees nothing of this one
        parameters_sudo = self.env["ir.config_parameter"].sudo()
        secret = parameters_sudo.get_param(SECRET)
        if not secret:
            # at installation: two at once would stand in each other's way later
            secret = secrets.token_hex(32)
            parameters_sudo.set_param(SECRET, secret)
        return secret
