"""Reports and other mails of many mail systems, told in short; written after what each writes.

``WORDS``: (name, whether delayed, who failed, sender, subject, text) of reports in plain words.
``KINDS``: (kind, header, text) of mails of all kinds.
"""

_DAEMON, _POSTMASTER = "MAILER-DAEMON@mx.example.org", "Postmaster <postmaster@mx.example.org>"
_FAILED = "Your message could not be delivered"

WORDS = [
    ("qmail, several", False, "ann@x.example bob@y.example", _DAEMON, "failure notice",
     "I wasn't able to deliver your message to the following addresses.\n\n<ann@x.example>:\n"
     "192.0.2.7 does not like recipient.\nRemote host said: 550 <ann@x.example>... unknown\n\n"
     "<Bob@Y.example>:\nno mailbox here by that name. (#5.1.1)\n\n"
     "--- Below this line is a copy of the message.\n\nTo: other@x.example\n"),
    ("qmail, asks for help", False, "ann@x.example", _DAEMON, "failure notice",
     "I wasn't able to deliver your message. If you need assistance write to\n"
     "help@x.example\nor call.\n\n<ann@x.example>:\nMailbox quota exceeded\n"),
    ("Exim, delayed", True, "ann@x.example", _DAEMON, "Warning: message 1Ab delayed 24 hours",
     "The address to which the message has not yet been delivered is:\n\n  ann@x.example\n"
     "    Delay reason: timeout\n\nNo action is required on your part. Delivery attempts will\n"
     "continue for some time.\n"),
    ("sendmail, expanded", False, "ann@x.example", _DAEMON, "Returned mail: see transcript",
     "   ----- The following addresses had permanent fatal errors -----\n|/bin/filter\n"
     "    (expanded from: <ann@x.example>)\n"),
    ("sendmail, delayed", True, "ann@x.example", _DAEMON, "Warning: could not send message",
     "   ----- The following addresses had transient non-fatal errors -----\nann@x.example\n\n"
     "Warning: message still undelivered after 4 hours\nWill keep trying for 5 days\n"),
    ("Exchange", False, "ann@x.example bob@x.example", _POSTMASTER, "Undeliverable: Tea",
     "Your message\n\n  To:  Sales\n\ndid not reach the following recipient(s):\n\n"
     "c=US;a= ;p=ORG;dda:SMTP=ann@x.example; on Mon, 4 Jun 2007\n    Unable to deliver\n"
     "bob@x.example on Mon, 4 Jun 2007\n    The recipient name is not recognized\n"),
    ("Exchange, German", False, "ann@x.example", _POSTMASTER, "Unzustellbar: Tee",
     "Folgende(r) Empfänger kann/können nicht erreicht werden:\n\n      'ann@x.example' am 04.06.\n"
     "            <mx.example.org #5.1.1>\n"),
    ("Exchange, French", False, "ann@x.example", _POSTMASTER, "Non remis : thé",
     "Impossible de joindre les destinataires suivants :\n\n   ann@x.example le 04/06/2007\n"),
    ("Domino", False, "ann@x.example", "Postmaster@mx.example.org", "DELIVERY FAILURE: no route",
     "was not delivered to:\n\n  ann@x.example\n\nbecause:\n\n  No route found\n"),
    ("GroupWise", False, "ann@x.example", _DAEMON, "Message status - undeliverable",
     "undeliverable to the following:\n\tann@x.example (Mailbox unavailable)\n"),
    ("AOL", False, "screen77@mx.example.org", _DAEMON, "Mail Delivery Problem",
     "Your mail to the following recipients could not be delivered:\n\tscreen77\n"),
    ("Yale", False, "screen77@mx.example.org", _DAEMON, "Message not delivered",
     "Message not delivered to the following:\n\n    screen77    User unknown\n\n"
     "    Error Detail:\n\n    The message is being returned.\n"),
    ("IMail", False, "ann@x.example", _POSTMASTER, "Undeliverable Mail",
     "User mailbox exceeds allowed size: ann@x.example\n\nOriginal message follows.\n"),
    ("MDaemon", False, "ann@x.example", "MDaemon@mx.example.org", "Permanent Delivery Failure",
     "The message had PERMANENT fatal delivery errors!\n\nFailed address: ann@x.example\n\n"
     "--- Session Transcript ---\n *  From: news@shop.example\n --> RCPT To:<ann@x.example>\n"),
    ("MailEnable", False, "ann@x.example", _POSTMASTER, "Message Delivery Failure",
     "could not be delivered to some recipients.\n\tRecipient: [SMTP:ann@x.example]\n"),
    ("Netscape", False, "ann@x.example", _POSTMASTER, "Mail System Error - Returned Mail",
     "The user account is over quota.\n\n<ann@x.example>\n\n"
     "Please reply to <help@mx.example.org>\nif you feel this message to be in error.\n"),
    ("LSMTP", False, "ann@x.example", _POSTMASTER, "Undelivered mail",
     "--> Error description:\nError-for:    ann@x.example\nError-text:   User unknown\n"),
    ("Japanese", False, "ann@x.example", _DAEMON, "Returned mail",
     "あなたのメールは以下の宛先に配信できませんでした。\n\n<ann@x.example>: 宛先不明\n"),
    ("Dutch", False, "ann@x.example", _POSTMASTER, "Onbestelbaar: thee",
     "Uw bericht kon niet worden bezorgd bij:\n\n  ann@x.example\n"),
    ("Portuguese", False, "ann@x.example", _POSTMASTER, "Mensagem não entregue",
     "A mensagem não pôde ser entregue ao destinatário:\n\n    ann@x.example\n"),
    ("an address of an office", False, "contact@x.example", _DAEMON, "Undeliverable mail",
     "Unknown user: contact@x.example\n"),
    ("a name like a word", False, "chandler@x.example", _DAEMON, "Undeliverable mail",
     "Your message wasn't delivered to chandler@x.example because it couldn't be found.\n"),
    ("addresses of others", False, "ann@x.example", _DAEMON, "Undeliverable: Tea",
     f"{_FAILED} to <ann@x.example>: full.\nIf you believe this is an error forward this notice\n"
     "to team@mx.example.org or open a ticket by a mail to tickets@mx.example.org.\n"),
    ("forwarded", False, "ann@x.example", _DAEMON, "Delivery failure",
     "Your message to ann@x.example could not be delivered.\n"
     "This address is forwarded to ann.private@y.example: 552 full\n"),
    ("a Message-Id", False, "ann@x.example", _DAEMON, "Returned mail",
     "The message <2007.1@shop.example> could not be delivered to:\n\n   ann@x.example\n"),
    ("comes to whom it is about", False, "news@shop.example", _DAEMON, "failure notice",
     "I wasn't able to deliver your message.\n\n<news@shop.example>:\nunavailable\n"),
    ("names nobody", False, "", _DAEMON, "Mail System Error",
     f"{_FAILED}. Write to postmaster@mx.example.org.\n"),
    ("a DSN whose parts are lost", False, "ann@x.example", _DAEMON, "Undelivered Mail",
     f"--XX\n{_FAILED}.\n--XX\nContent-Type: message/delivery-status\n\n"
     "Reporting-MTA: dns; mx\n\nFinal-Recipient: rfc822; box7@y.example\n"
     "Original-Recipient: rfc822;ann@x.example\nAction: failed\nStatus: 5.1.1\n\n--XX\n"
     "Content-Type: message/rfc822\n\nFrom: news@shop.example\n\nsales@shop.example\n"),
]  # fmt: skip

_RE = "In-Reply-To: <1@shop.example>\n"

KINDS = [
    ("autoreply", "Subject: Automatic reply: Tea\n", "I am out of the office until Monday."),
    ("autoreply", "Subject: Abwesenheitsnotiz: Tee\n", "Ich bin nicht im Büro."),
    ("autoreply", f"Subject: Afwezig: thee\n{_RE}", "Ik ben afwezig."),
    ("autoreply", "Subject: Risposta automatica: tè\n", "Sono fuori ufficio."),
    ("autoreply", "Subject: AUTO: Ann is out of the office (returning 1/2)\n",
     "I am out of the office."),
    ("autoreply", f"Subject: Ann Meier ist nicht im Büro.\n{_RE}", "Bis Montag."),
    ("autoreply", f"Subject: Re: Tea\nX-FC-MachineGenerated: true\n{_RE}", "Away."),
    ("autoreply", f"Subject: Re: Tea\nAuto-Submitted: auto-replied (zimbra; vacation)\n{_RE}", "x"),
    ("reply", f"Subject: Re: Automatic reply: my order\n{_RE}", "Welcome back! Any news?"),
    ("reply", f"Subject: [#7] Re: Tea\nAuto-Submitted: no\nPrecedence: bulk\n{_RE}", "Solved."),
    ("reply", f"Subject: RE: Undeliverable: Tea\n{_RE}",
     "I got this, what now?\n\nYour message could not be delivered to:\n\nbob@y.example\n"),
    ("reply", f"From: postmaster@firm.example\nSubject: Re: Offer\n{_RE}",
     "I can not find the price."),
    ("other", "From: postmaster@firm.example\nSubject: Order\n", "5 kg of green tea, please."),
    ("other", "Subject: Vacation rental\nPrecedence: bulk\nList-Id: <a.example>\n", "How much?"),
    ("other", "Subject: Out of office furniture?\n", "Are you out of it?"),
    ("other", "Subject: My parcel was not delivered\n",
     "Delivery failed, says the message of the carrier. Answer to ann.private@x.example."),
    ("other", "Subject: Paket nicht zugestellt\n",
     "Mein Paket wurde nicht zugestellt. Bitte Nachricht an bob@x.example."),
    ("other", "Subject: E-mail problem\n",
     "My old address old@x.example does not exist any more, your mails were not delivered."),
    ("other", "Subject: User unknown\n",
     "The shop says user unknown for bob@x.example. Send an e-mail how to get in."),
    ("dsn_failed", "From: MicrosoftExchange329e71ec88ae@x.example\nSubject: Undeliverable: T\n",
     "Your message to nina@x.example couldn't be delivered.\n"),
    ("dsn_failed", "From: mailsweeper@x.example\nSubject: Message not delivered\n",
     "The message to ann@x.example was not delivered, the mailbox is unknown."),
    ("dsn_delivered", f"From: {_POSTMASTER}\nSubject: Delivered: Tea\n",
     "Your message was successfully delivered to ann@x.example."),
    ("complaint", "From: staff@hotmail.example\nContent-Type: multipart/mixed; boundary=B\n",
     "--B\nContent-Type: message/rfc822\n\nX-HmXmrOriginalRecipient: ann@x.example\n\nx\n--B--\n"),
]  # fmt: skip
