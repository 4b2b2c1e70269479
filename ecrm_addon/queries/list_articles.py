"""The first articles of each category of the help pages, however many there are."""

from odoo.tools import SQL


def build(where, limit):
    """Return the query of the categories that have something to show, and of their first articles.

    :param SQL where: see ``find_articles.visible``
    :param int limit: articles of each category
    :return: SQL giving category and article, in the order in which they are shown
    """
    return SQL(
        """
        SELECT category.id, first.id
          FROM ecrm_faq_category AS category
         CROSS JOIN LATERAL (
            SELECT article.id, article.sequence
              FROM ecrm_faq AS article
             WHERE article.category_id = category.id AND %s
             ORDER BY article.sequence, article.id
             LIMIT %s) AS first
         ORDER BY category.sequence, category.id, first.sequence, first.id
        """,
        where,
        limit,
    )
