"""Which alert, if any, holds for a customer now."""

from odoo.tools import SQL

from .find_overdue import holds_back


def build(profile_ids, today):
    """Return the query of the alert that holds for each of some profiles.

    :param list[int] profile_ids: of ``ecrm.profile``
    :param date today: what was snoozed until this day does not hold any more
    :return: SQL giving the id of the profile and that of the alert
    """
    held = _held(today, SQL("profile.id = ANY(%s)", list(profile_ids)))
    return SQL("SELECT profile_id, id FROM (%s) held", held)


def having(alias, today, condition):
    """Return the condition that an alert ``held`` holds for a profile, and is like this.

    Alerts are few beside profiles, so they are read once, and not looked up for each of these.

    :param str alias: of the table of profiles
    :param SQL condition: about ``held``
    """
    return SQL(
        "%s IN (SELECT profile_id FROM (%s) held WHERE %s)",
        SQL.identifier(alias, "id"),
        _held(today, SQL("TRUE")),
        condition,
    )


def _held(today, of_profiles):
    return SQL(
        """
        SELECT DISTINCT ON (profile.id) profile.id AS profile_id,
               alert.id, alert.state, alert.user_id
          FROM ecrm_churn_alert alert
          JOIN ecrm_profile profile ON profile.partner_id = alert.partner_id
               AND profile.company_id = alert.company_id
         WHERE %s AND %s
         ORDER BY profile.id, alert.id DESC
        """,
        holds_back(today),
        of_profiles,
    )
