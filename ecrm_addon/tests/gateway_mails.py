"""Mails that servers and people send in answer to ours, written after their documentation.

Each is a text with the names ``to``, ``shop``, ``message_id`` and ``id`` to be filled in.
"""

_ORIGINAL = """\
Message-ID: {message_id}
From: Shop <{shop}>
To: {to}
Subject: Spring tea
"""

_DSN = """\
Message-ID: <{{id}}@mx.example.org>
From: {sender}
To: {{shop}}
Subject: {subject}
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

{text}

--b1
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org

Final-Recipient: rfc822; {{to}}
Original-Recipient: rfc822;{{to}}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {diagnostic}

--b1
Content-Type: text/rfc822-headers

"""


def _dsn(**values):
    return _DSN.format(**values) + _ORIGINAL + "\n--b1--\n"


POSTFIX_FAILED = _dsn(
    sender="MAILER-DAEMON@mx.example.org (Mail Delivery System)",
    subject="Undelivered Mail Returned to Sender",
    text="I'm sorry to have to inform you that your message could not\n"
    "be delivered to one or more recipients. It's attached below.\n\n"
    "For further assistance, please send mail to postmaster.",
    action="failed",
    status="5.1.1",
    diagnostic="550 5.1.1 User unknown",
)
POSTFIX_FULL = POSTFIX_FAILED.replace("5.1.1 User unknown", "5.2.2 Mailbox full").replace(
    "Status: 5.1.1", "Status: 5.2.2"
)
POSTFIX_DELAYED = _dsn(
    sender="MAILER-DAEMON@mx.example.org (Mail Delivery System)",
    subject="Delayed Mail (still being retried)",
    text="THIS IS A WARNING ONLY. YOU DO NOT NEED TO RESEND YOUR MESSAGE.",
    action="delayed",
    status="4.4.1",
    diagnostic="connect to mx.example.com: Connection timed out",
)
POSTFIX_DELIVERED = _dsn(
    sender="MAILER-DAEMON@mx.example.org (Mail Delivery System)",
    subject="Successful Mail Delivery Report",
    text="Your message was successfully delivered to the destination(s) listed below.",
    action="delivered",
    status="2.0.0",
    diagnostic="250 2.0.0 Ok",
)
GMAIL_FAILED = (
    _dsn(
        sender="Mail Delivery Subsystem <mailer-daemon@googlemail.com>",
        subject="Delivery Status Notification (Failure)",
        text="** Address not found **\n\nYour message wasn't delivered to {{to}} because the\n"
        "address couldn't be found, or is unable to receive mail.".replace("{{to}}", "{to}"),
        action="failed",
        status="5.1.1",
        diagnostic="550-5.1.1 The email account that you tried to reach does not exist.",
    )
    .replace("Original-Recipient: rfc822;{to}\n", "")
    .replace("MIME-Version", "X-Failed-Recipients: {to}\nIn-Reply-To: {message_id}\nMIME-Version")
)
EXIM_FAILED = (
    """\
Message-ID: <{id}@exim.example.org>
From: Mail Delivery System <Mailer-Daemon@exim.example.org>
To: {shop}
Subject: Mail delivery failed: returning message to sender
Auto-Submitted: auto-replied

This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  {to}
    host mx.example.com [192.0.2.1]
    SMTP error from remote mail server after RCPT TO:<{to}>:
    550 5.1.1 Unknown user

------ This is a copy of the message, including all the headers. ------

Return-path: <{shop}>
"""
    + _ORIGINAL
)
EXCHANGE_FAILED = (
    """\
Message-ID: <{id}@exchange.example.org>
From: postmaster@exchange.example.org
To: {shop}
Subject: Undeliverable: Spring tea
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/html; charset=utf-8

<html><head><style>p {{ color: red }}</style></head><body><p><b>Delivery has failed to these
recipients or groups:</b></p><p><a href="mailto:{to}">{to}</a><br>The email address you entered
couldn't be found.</p><p>Diagnostic information for administrators:</p><p>{to}<br>
Remote Server returned '550 5.1.10 RESOLVER.ADR.RecipientNotFound'</p></body></html>
--b1
Content-Type: message/rfc822

"""
    + _ORIGINAL
    + "\n--b1--\n"
)
COMPLAINT = (
    """\
Message-ID: <{id}@fbl.example.org>
From: <feedback@fbl.example.org>
To: {shop}
Subject: FW: Spring tea
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="b1"

--b1
Content-Type: text/plain

This is an email abuse report.
--b1
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: Example/1.0
Version: 1
Original-Rcpt-To: <{to}>

--b1
Content-Type: message/rfc822

"""
    + _ORIGINAL
    + "\n--b1--\n"
)
RECEIPT = """\
Message-ID: <{id}@example.com>
From: Ann <{to}>
To: {shop}
Subject: Return Receipt (displayed) - Spring tea
References: {message_id}
Content-Type: multipart/report; report-type=disposition-notification; boundary="b1"

--b1
Content-Type: text/plain

This is a receipt for the mail that you sent.
--b1
Content-Type: message/disposition-notification

Final-Recipient: rfc822;{to}
Original-Message-ID: {message_id}
Disposition: manual-action/MDN-sent-manually; displayed

--b1--
"""
ABSENT_EXCHANGE = """\
Message-ID: <{id}@example.com>
From: Ann <{to}>
To: {shop}
Subject: Automatic reply: Spring tea
In-Reply-To: {message_id}
References: {message_id}
Auto-Submitted: auto-generated
X-Auto-Response-Suppress: All
Content-Type: text/plain

I am out of the office until Monday.
"""
ABSENT_VACATION = """\
Return-Path: <>
Message-ID: <{id}@example.com>
From: Ann <{to}>
To: {shop}
Subject: Re: Spring tea
Auto-Submitted: auto-replied (vacation)
Precedence: bulk
In-Reply-To: {message_id}

I am on holiday.
"""
REPLY = """\
Message-ID: <{id}@example.com>
From: Ann <{to}>
To: {shop}
Subject: Re: Spring tea
In-Reply-To: {message_id}
References: {message_id}
Content-Type: text/plain

Do you have green tea, too? My mail last week was undeliverable.

> Spring tea is here.
"""
