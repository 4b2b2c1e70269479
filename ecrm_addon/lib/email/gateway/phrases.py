"""The words by which reports and automatic answers are known, in several languages.

Own words, collected from what mail servers and mail programs write; each list is joined to
one pattern. They are asked last, and never alone: see ``classify``.
"""

import re

#: A line after which a report shows the mail that it is about.
ORIGINAL_FOLLOWS = re.compile(
    r"^[^\w\n]{0,80}(?:(?:(?:this|here|attachment|included|below|enclosed|following|the following) "
    r"(?:is|are)|included below is|below this line is|below the next line is) (?:a |the )?(?:copy|"
    r"your returned|first part|message header)|a copy of the (?:original )?message|"
    r"(?:the )?header(?:s| and)? [^\n]{0,30}(?:original |source )?(?:message|mail)|"
    r"(?:the )?(?:first \d{1,4} lines of )?(?:your |the )?(?:original|unsent|returned|undelivered|"
    r"forwarded|old) (?:message|mail|email|e-mail)(?: details| headers?| text)?"
    r"(?:\W{0,80}$|[^\n.:]{0,40}(?:follow|attached|reads|below))|"
    r"(?:message|mail) (?:text|headers?|body) (?:follow|suppress)|your message reads|"
    r"start of returned message|a summary of the undelivered message|no more than \S{1,9} char|"
    r"mensaje original|mensagem original|urspr\S{1,9}ngliche nachricht|originalnachricht|"
    r"(?:es )?folgt (?:eine kopie|die urspr)|message d'origine|messaggio originale|"
    r"oorspronkelijk bericht)[^\n]{0,200}$",
    re.I | re.M,
)
#: Header lines of a mail that stands in the text.
HEADER_BLOCK = re.compile(
    r"^(?:Return-Path|Received|Delivered-To|DKIM-Signature|MIME-Version|X-Original-To): ?\S|"
    r"^Content-Type: ?(?:message/rfc822|text/rfc822-headers)",
    re.M | re.I,
)

#: Says that something could not be delivered, or not yet.
FAILURE = re.compile(
    r"(?:could|can|was|were|has|have|had|is|did|does)(?:n't|n\u2019t| not|"
    r"not)\s{1,9}(?:yet\s{1,9})?"
    r"(?:be(?:en)?\s{1,9})?"
    r"(?:able\s{1,9}to\s{1,9})?(?:be\s{1,9})?(?:deliver|reach|receiv|accept|sent|"
    r"find|recogni)|"
    r"(?:unable|failed|not\s{1,9}able|impossible)\s{1,9}to\s{1,9}(?:be\s{1,9})?(?:deliver|"
    r"send|reach)|"
    r"undeliver(?:ed|able)|un-?deliverable|deliver\w{0,3}\s{1,9}(?:\S{1,40}\s{1,9}){0,7}?"
    r"(?:fail|delay|problem|aborted|postponed|error|unsuccessful|rejected|suspended)|"
    r"(?:fail(?:ed|ure)|error|problem)[^.\n]{0,60}(?:address|recipient|deliver)|"
    r"non-?delivery|not\s{1,9}(?:yet\s{1,9})?(?:been\s{1,9})?delivered|"
    r"d[ei]l[ie]very to [^.\n]{0,80}(?:failed|abort)|returned (?:mail|message)|"
    r"(?:was|been|automatically) (?:rejected|returned|refused|bounced)|message (?:was )?blocked|"
    r"had (?:permanent|transient)|permanent(?:ly)? (?:fatal )?(?:error|fail)|"
    r"(?:unknown|no such|invalid|illegal) (?:user|recipient|address|mailbox|final)|user unknown|"
    r"(?:mailbox|account|quota)[^.\n]{0,40}(?:full|exceed|over|unavailable|disabled)|"
    r"does ?n(?:o|')t (?:exist|have a[^\n]{0,50}account)|no longer valid|not listed|"
    r"nicht (?:\S{1,30} ){0,2}(?:zugestellt|zustellbar|ausgeliefert|erreicht)|unzustellbar|"
    r"zustell\w{0,8} (?:\S{1,30} ){0,4}(?:fehl|nicht|verz)|"
    r"n'a (?:pas )?pu? ?(?:pas )?(?:[eê]tre )?(?:d[eé]livr|remis|distribu)|non remis|"
    r"n'a pas (?:pu |[eé]t[eé] )|[eé]chec de (?:la )?(?:remise|distribution)|"
    r"no (?:se )?(?:ha )?(?:pudo|podido|puede)[^.\n]{0,20}(?:entreg|enviar)|no entregad|"
    r"n[aã]o (?:p[oô]de|foi)[^.\n]{0,20}(?:entreg|envia)|"
    r"(?:impossibile|non [eè] stato possibile)[^.\n]{0,20}(?:consegn|recapit)|"
    r"mancat[ao] (?:consegna|recapit)|"
    r"(?:niet|kon niet)[^.\n]{0,30}(?:bezorgd|afgeleverd)|не (?:может быть |было )?доставлен|"
    r"невозможно доставить|недоставлен|投递|无法(?:发送|投递|送达|传递)|退信|配信でき|配信不能|"
    r"nie (?:mog|mo[zż]|zosta)\S{1,6} (?:zosta[cć] )?(?:dor[eę]cz|dostarcz)|niedor[eę]cz|"
    r"niedostarcz|"
    r"(?:kunde|kan) inte levereras|(?:kunne|kan) ikke (?:leveres|sendes)|nedoru[cč]|"
    r"nebylo mo[zž]n[eé] doru[cč]|teslim edilemed|iletilemed|ei voitu toimittaa|k[eé]zbes[ií]t",
    re.I,
)
#: Says that it speaks of mails, and not of parcels, say.
OF_MAIL = re.compile(
    r"\b(?:e-?)?mails?\b|\bmessages?\b|nachricht|mensaje|mensagem|messaggio|bericht\b|courriel|"
    r"сообщени|письм|邮件|メール",
    re.I,
)
#: Says that the server goes on trying.
DELAY = re.compile(
    r"not (?:yet )?been delivered (?:to )?[^.\n]{0,60}(?:after|yet)|not yet been delivered|"
    r"(?:delivery|message|mail)[^.\n]{0,60}(?:(?:has been|is|was) (?:delayed|postponed|"
    r"deferred)|delayed)|"
    r"has been (?:delayed|postponed)|"
    r"(?:warning message only|this is (?:just )?(?:a|an) (?:warning|advisory)|advisory-only)|"
    r"(?:message|mail|delivery)[^.\n]{0,30}will be (?:retried|attempted)|"
    r"(?:attempts|try|trying)[^.\n]{0,30}(?:will continue|to deliver[^.\n]{0,40}over the next)|"
    r"continue (?:to )?(?:attempt|try|be made)|still being retried|will (?:keep|continue) trying|"
    r"no action is required|delivery incomplete|"
    r"will (?:automatically )?retry|temporary problem deliver|"
    r"verz[oö]gert|zustellung wird[^.\n]{0,30}(?:versucht|fortgesetzt)|a [eé]t[eé] (?:retard|diff)|"
    r"entrega[^.\n]{0,20}(?:retrasad|demorad|atrasad)|in ritardo|vertraagd|nog niet bezorgd|"
    r"ainda n[aã]o foi entregue|遅延|延迟|отложен|задерж|op[oó][zź]nion|f[oö]rsenad|forsinket",
    re.I,
)
#: Says that the server has given up, whatever else it says.
GAVE_UP = re.compile(
    r"permanent(?:ly)? (?:error|fail|fatal)|given up|giving up|not going to try again|"
    r"has been removed from the mail queue|endg[uü]ltig|permanent delivery failure",
    re.I,
)
#: Subjects of reports.
BOUNCE_SUBJECT = re.compile(
    r"undeliver|un-?deliverable|returned (?:e-?)?mail|return(?:ing|ed) (?:message )?to sender|"
    r"failure noti(?:ce|fication)|non-?delivery|\bndr\b|"
    r"(?:mail|message|delivery|e-?mail|processing|system)\W{1,3}(?:status |"
    r"system )?(?:notification|fail|error|problem|"
    r"delay|warning|report)|deliver[ey]\w?[^\n]{0,30}(?:fail|delay|problem|report|status)|"
    r"not (?:be )?delivered|(?:fail|reject|return)\w*\W{1,3}(?:e-?)?mail|rejected mail|"
    r"warning: (?:message|could not send)|delayed mail|message delayed|address not found|"
    r"user unknown|mail (?:error|failure)|mail could not|unzustellbar|nicht zugestellt|"
    r"zustell(?:ung|bericht|fehler)|non remis|[eé]chec de (?:remise|distribution)|"
    r"no (?:se )?(?:pudo|puede) entregar|no entregado|n[aã]o (?:entregue|foi poss)|"
    r"mancat[ao] (?:consegna|recapito)|non recapitabile|niet bezorgd|onbestelbaar|недостав|"
    r"не (?:доставлен|удается доставить)|退信|无法传递|未传递|配信不能|"
    r"n[aã]o [eé] poss[ií]vel entregar|"
    r"olevererbar|kan inte levereras|kan ikke leveres|uleverbar|nedoru[cč]iteln|niedostarcz|"
    r"teslim edilemed|k[eé]zbes[ií]thetetlen|remise impossible|"
    r"non recens",
    re.I,
)
#: Says that it arrived.
SUCCESS = re.compile(
    r"success(?:ful(?:ly)?)?[^.\n]{0,40}(?:deliver|relay)|(?:deliver|"
    r"relay)\w{0,3}[^.\n]{0,40}success|"
    r"^\W{0,3}(?:delivered|relayed|zugestellt|remis|entregado|consegnato)\s?:|"
    r"erfolgreich zugestellt",
    re.I,
)
#: Subjects that programs write for the absent.
AUTOREPLY_SUBJECT = re.compile(
    r"^\W{0,3}(?:(?:re|aw|sv|antw|tr|fw)\W{1,3})?(?:"
    r"\[?auto(?:matic|matische?|mated|m[aá]tica|matisk)?"
    r"[ -]?(?:re(?:ply|sponse|sponder)|antwort|svar|antwoord|answer)|automatische? antw|"
    r"r[eé]ponse automatique|respuesta autom|resposta autom|risposta automatica|"
    r"automatiskt? sv|automaattinen|autom\w{1,12} vast|autosvar|odpowied[zź] automat|"
    r"automatick\S{1,3} odpov|otomatik yan|автоматический ответ|автоответ|"
    r"自動(?:返信|応答)|自动(?:回复|答复)|"
    r"out[ -]of[ -](?:the[ -])?office\b(?: (?:auto|re:)|\W|$)|ooo\b\W|"
    r"abwesenheits|abwesend|absence du bureau|absent du bureau|message d'absence|"
    r"fuera de (?:la )?oficina|aus[eê]ncia|fuori (?:sede|ufficio)|afwezig|niet aanwezig|"
    r"poza biurem|fr[aå]nvaromed|frav[aæ]rs|mimo kancel[aá]|"
    # Notes names who is away
    r"auto: [^\n]{1,80}(?:out of|away|absent|not in|abwesend|nicht im|r[uü]ckkehr|return))|"
    r"^[^:\n]{1,60} (?:is out of the office|ist (?:nicht im b[uü]ro|abwesend|au(?:ß|ss)er haus)|"
    r"est absente?|est[aá] fuera de la oficina|(?:è|e') fuori ufficio|is afwezig)\b",
    re.I,
)
#: Subjects that people write as well.
LEAVE_SUBJECT = re.compile(
    r"^\W{0,3}(?:absence|ausent|assenza|urlaub|on (?:vacation|holiday|leave)|vacation|"
    r"en cong[eé]|nieobecno|fr[aå]nvaro|frav[aæ]r|vakantie|away|out of office|not in the office)",
    re.I,
)
#: Says that who writes is away.
ABSENT = re.compile(
    r"(?:am|'m|\u2019m|be|is|are|being) (?:currently |now |presently )?"
    r"(?:out of|away from|not in|absent from) (?:the |my |our )?office|"
    r"on (?:(?:annual|sick|maternity|paternity|parental) leave|vacation|holiday)|"
    r"(?:am|'m|be) (?:currently )?(?:away|on leave|unavailable)|"
    r"nicht im (?:b[uü]ro|hause?)|abwesend|au(?:ß|ss)er haus|im urlaub|nicht erreichbar|"
    r"absente? |en cong[eé]s?|hors du bureau|fuera de (?:la |mi )?oficina|ausente|de vacaciones|"
    r"afwezig|niet (?:aanwezig|op kantoor)|op vakantie|met verlof|"
    r"fuori (?:ufficio|sede)|assente|in ferie|fora do escrit[oó]rio|de f[eé]rias|"
    r"nieobecn|poza biurem|na urlopie|inte p[aå] kontoret|p[aå] semester|ikke p[aå] kontoret|"
    r"p[aå] ferie|отсутству|в отпуске|不在|休暇|休假|外出",
    re.I,
)
#: Says that a person writes of their own things.
MINE = re.compile(r"\b(?:my|mein(?:e[mnrs]?)?|mijn|mis?|mes|ma|meus?|minhas?)\b", re.I)
