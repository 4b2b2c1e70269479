"""Finding the chats of a person: by contact, as a visitor of the website, as a guest."""

from odoo.tools import SQL


def channels(partner_ids, emails, by_visitor):
    """Return the query of channels in which a person took part.

    :param list[int] partner_ids: the contact and its addresses
    :param list[str] emails: addresses that guests gave
    :param bool by_visitor: whether chats know their visitor (``website_livechat``)
    """
    visitors = SQL(
        """
        UNION
        SELECT channel.id FROM discuss_channel channel
          JOIN website_visitor visitor ON visitor.id = channel.livechat_visitor_id
         WHERE visitor.partner_id = ANY(%s)
        """,
        list(partner_ids),
    )
    return SQL(
        """
        SELECT member.channel_id FROM discuss_channel_member member
          LEFT JOIN mail_guest guest ON guest.id = member.guest_id
         WHERE member.partner_id = ANY(%(partners)s) OR lower(guest.email) = ANY(%(emails)s)
        %(visitors)s
        """,
        partners=list(partner_ids),
        emails=list(emails),
        visitors=visitors if by_visitor else SQL(),
    )


def guests(channel_ids, emails):
    """Return the query of the guests of chats of one customer, and of guests with an address."""
    return SQL(
        """
        SELECT member.guest_id FROM discuss_channel_member member
          JOIN discuss_channel channel ON channel.id = member.channel_id
         WHERE channel.id = ANY(%s) AND channel.channel_type = 'livechat'
           AND member.guest_id IS NOT NULL
        UNION
        SELECT id FROM mail_guest WHERE lower(email) = ANY(%s)
        """,
        list(channel_ids),
        list(emails),
    )


def answers(channel_ids):
    """Return the query of what was answered to chat bots in channels."""
    return SQL(
        "SELECT id FROM chatbot_message WHERE discuss_channel_id = ANY(%s)", list(channel_ids)
    )
