"""Bands of open leads as their customers are today."""

from odoo.tools import SQL


def build(main_company_id):
    """Return the UPDATE of leads whose stored band differs, giving their ids.

    A closed lead keeps its band, but where there is no profile any more: whoever objected to
    profiling leaves no figure behind. A lead that somebody holds is left to the next day.

    :param int main_company_id: whose customers leads of no company are
    """
    return SQL(
        """
        UPDATE crm_lead
           SET ecrm_scoring_band = news.band
          FROM (
            SELECT lead.id, profile.engagement_band AS band
              FROM crm_lead lead
              LEFT JOIN res_partner partner ON partner.id = lead.partner_id
              LEFT JOIN ecrm_profile profile
                ON profile.partner_id = partner.commercial_partner_id
               AND profile.company_id = coalesce(lead.company_id, %s)
             WHERE lead.ecrm_scoring_band IS DISTINCT FROM profile.engagement_band
               AND (lead.active AND lead.won_status = 'pending' OR profile.id IS NULL)
               FOR NO KEY UPDATE OF lead SKIP LOCKED
          ) news
         WHERE crm_lead.id = news.id
        RETURNING crm_lead.id
        """,
        main_company_id,
    )
