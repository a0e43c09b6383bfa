"""The phrases that sites use around and between the paragraphs of their articles.

Counted on 211 labelled news pages: of the lines that match, readers took 107 of 115 as no part of the article.
"""

from __future__ import annotations

import re

__all__ = ["COMMENTS", "LABEL", "MARK", "OPENING", "TELLING", "WITHIN"]

LABEL = re.compile(
    r"""^[\W_]*(?:
    (?:read|see|watch|listen|view|learn)\s+(?:more|next|also|now|the\s+full)\b |
    (?:watch|listen|view)\s+on\b | read\s+on\W*$ | further\s+reading\W*$ |
    related\b(?!\s+to\b) | see\s+also\b | don.?t\s+miss\b |
    recommended(?:\s+(?:for|reading|stories|articles|videos)\b.*)?\W*$ |
    also(?:\s+(?:read|see|watch|on))?\s*[:|\u2013-] |
    more\s+(?:from|on|in|about|like|stories|news|coverage|must-reads|to\s+read|reading|by)\b |
    (?:you\s+(?:may|might)|you.ll)\s+(?:also\s+)?(?:like|be\s+interested)\b |
    (?:read|more|watch|listen|photos|video|gallery|podcast|plus|up\s+next|next|now\s+playing)\s*[:|] |
    what\s+to\s+read\s+next |
    people\s+(?:are\s+)?also\s+(?:read|ask)\w* |
    (?:top|popular|featured|latest)\s+(?:stories|reads|news|articles|posts) |
    (?:\S+\s+){0,3}most[\s-]+(?:read|popular|viewed)\b | trending\b | editor.?s.?\s+(?:picks?|choice)\b |
    must[\s-]+(?:read|see|watch)\s*[:|\u2013-] | (?:from\s+)?(?:around|across)\s+the\s+web\W*$ |
    for\s+more\s+(?:stories|news|videos)\b | view\s+all\s+posts\b | (?:promoted|sponsored)\s+(?:stories|links)\b |
    featured\s+fact | (?:keep|continue)\s+reading | story\s+continues |
    (?:zum|mehr\s+zu\s+diesem|passend\s+zum)\s+thema\W*$ | das\s+könnte\s+(?:sie|dich|ihnen|dir)\s+auch |
    (?:ähnliche|weitere|verwandte|empfohlene)\s+(?:artikel|beiträge|themen|meldungen|nachrichten)\W*$ |
    auch\s+interessant\W*$ | siehe\s+auch\b | (?:jetzt\s+)?(?:weiterlesen|mehr\s+lesen)\W*$ | meistgelesen\w*\W*$ |
    lesen\s+sie | lies\s+auch | mehr\s+(?:zum\s+thema|dazu|zu\s[^.!?]{2,60}:\W*$) |
    sur\s+le\s+même\s+(?:sujet|thème) | lire\s+(?:aussi|la\s+suite) | à\s+lire\s+(?:aussi|également) | voir\s+aussi\b |
    vous\s+aimerez\s+(?:aussi|peut-être) | articles?\s+(?:similaires|liés|recommandés) | les?\s+plus\s+lus?\W*$ |
    (?:noticias|artículos|temas|notas)\s+relacionad[oa]s | relacionad[oa]s?\W*$ | más\s+información\W*$ |
    (?:te|le|les)\s+puede\s+interesar | lo\s+más\s+(?:leído|visto) | ver\s+también\b |
    (?:lea|lee|leer|leia|veja)\s*(?:tamb(?:ién|ém)|más|mais)?\s*: | (?:leia|veja|saiba)\s+(?:mais|também)\W*$ |
    notícias\s+relacionadas | (?:ti\s+)?potrebbe\s+interessarti | leggi\s+anche | vedi\s+anche\b |
    articoli\s+correlati | lees\s+(?:ook|meer|verder) | meer\s+over | gerelateerde?\W | relatera(?:t|de)\b |
    läs\s+(?:också|mer) | les\s+også | læs\s+også | lue\s+myös |
    관련\s?(?:기사|뉴스)(?:\W*$|\s?[]:：|]) | (?:関連|あわせて読みたい)(?:記事|ニュース)?\W*$ |
    (?:相关|相關)(?:新闻|新聞|阅读|閱讀|报道|報導|文章)\W*$ |
    延伸(?:阅读|閱讀)\W*$ | (?:เรื่อง|ข่าว)ที่เกี่ยวข้อง\W*$ | (?:اقرأ|إقرأ)\s+أيضا |
    (?:مواضيع|أخبار)\s+ذات\s+صلة(?:\W*$|\s?:) |
    (?:czytaj|zobacz|przeczytaj)\s+(?:też|także|więcej|również) | czytaj\s+dalej |
    čtěte\s+(?:také|též) | přečtěte | čítajte\s+(?:aj|tiež) | prečítajte\s+si |
    читайте\s+(?:также|ещё|еще|також) | читать\s+(?:также|ещё|еще|далее) | читати\s+також |
    (?:смотрите|см\.?)\s+также | (?:(?:материалы|новости)\s+)?по\s+теме\s*(?:$|:) | дивіться\s+також |
    (?:lea|lee|mira)\s+(?:también|además)\b | leer\s+más\W*$ | te\s+recomendamos\W*$ | llegeix\s+també |
    (?:leggi\s+di\s+più|approfondisci)\W*$ | guarda\s+anche\b | læs\s+mere\W*$ | les\s+mer\W*$ | lue\s+lisää\W*$ |
    [iİ]lgili\s+(?:haber(?:ler)?|yazı(?:lar)?|içerik(?:ler)?)\b | ayrıca\s+(?:bakınız|bkz|oku(?:yun)?)\b |
    bunlar\s+da\s+ilgini |
    διαβάστε\s+(?:επίσης|ακόμ[αη]|περισσότερα) | δείτε\s+(?:επίσης|ακόμ[αη]) | σχετικ(?:ά|ές)\s+(?:άρθρα|ειδήσεις)\W*$ |
    kapcsolódó\s+(?:cikk|anyag|tartalom|hír)\w*\W*$ | ezt\s+is\s+olvass[ae]\s+el\b |
    (?:citește|citeste|citiți|citiţi|vezi|vedeți)\s+(?:și|si|şi)\b |
    (?:articole|știri|stiri)\s+(?:similare|asemănătoare)\W*$ |
    (?:pročitaj(?:te)?|pogledaj(?:te)?)\s+(?:i|još)\b | preberite\s+(?:tudi|še)\b | прочитајте\s+(?:и|још)\b |
    povezan[ei]\s+(?:vijesti|vesti|članci|teme)\W*$ | прочетете\s+(?:още|и|също)\b | вижте\s+(?:още|и|също)\b |
    още\s+по\s+темата\W*$ | (?:baca|simak|lihat|tonton)\s+(?:juga|selengkapnya)\b |
    (?:artikel|berita)\s+terkait\W*$ | (?:xem|đọc)\s+thêm\s*(?:$|:) | (?:tin|bài)\s+(?:bài\s+)?liên\s+quan\W*$ |
    (?:ये|यह|इसे)\s+भी\s+(?:पढ़ें|पढ़ें) | (?:আরও|আরো)\s+পড়ুন | (?:مزید|یہ\s+بھی)\s+پڑھیں | بیشتر\s+بخوانید |
    (?:مطالب|اخبار)\s+مرتبط\W*$ | (?:اقرأ|شاهد)\s+(?:المزيد|أيضًا|ايضا)\b | (?:קראו|ראו)\s+(?:גם|עוד)\b | עוד\s+בנושא\b |
    loe\s+ka\b | lasi\s+arī\b | skaitykite\s+taip\s+pat
    )""",
    re.IGNORECASE | re.VERBOSE,
)
"""Points to other stories, or announces links to them; at the beginning of a line."""

OPENING = re.compile(
    r"""\W*(?:
    sign\s+up | subscribe | donate(?:\s+(?:now|today|here|to\s+(?:us|our))\b|\W*$) | log\s+in\s+(?:to|or|here)\b |
    already\s+a\s+subscriber | enter\s+your\s+email | stay\s+connected |
    get\s+(?:the|our|alerts|more|breaking|exclusive|\w+.?s)\b.{0,80}(?:newsletter|inbox|alerts?|app)\b |
    get\s+\w+.?s\s+free\b |
    get\s+.{2,40}\s+(?:app|on\s+the\s+go)\b | install\s+the | (?:click|go)\s+here | click\s+to\b |
    download\s+(?:the|our)\b.{0,40}\bapp | follow\s+(?:us|me|him|her|them|\w+(?:\s\w+)?)\s+on\b |
    follow\s+(?:\S+\s+){1,6}on\s+(?:facebook|twitter|x|instagram|tiktok|youtube|telegram|threads|whatsapp|linkedin)\b |
    (?:join|support|contact)\s+us\b | join\s+our\b | like\s+us\s+on |
    (?:share|email|print)\s+(?:this|on)\b | send\s+(?:tips|us)\b | thanks?\s+(?:you\s+)?for\s+(?:signing|subscribing) |
    (?:have|got)\s+a\s+(?:\w+\s+)?tip\b | do\s+you\s+have\s+a\s+(?:story|tip) | discover\s+special\s+offers |
    (?:contact|write\s+to)\s+(?:the\s+author|\w+(?:\s+\w+)?\s+at)\b | create\s+(?:a\s+free|an)\s+account |
    please\s+(?:sign\s+up|enter\s+your|enable|log\s+in|subscribe|consider) | terms\s+of\s+(?:use|service) |
    (?:privacy|cookie)\s+policy | (?:jetzt\s+)?(?:newsletter\s+)?abonnieren\b | abonnieren\s+sie | folgen\s+sie\s+uns |
    abonnez-vous | inscrivez-vous | suivez-nous | s[uí]guenos | suscr[ií]bete | iscriviti | seguici |
    accuracy\s+and\s+availability\s+of\s+(?:\S+\s){0,3}transcripts\b |
    this\s+(?:story|article|piece|post|column|interview)\s+is\s+republished\b |
    discuss\s+this\s+in\s+the\s+forum |
    (?:tags?|tagged(?:\s+(?:with|as|in|under))?|filed\s+under|posted\s+in|schlag(?:worte|wörter)|stichw(?:orte|örter)|
        mots[\s-]clés|etiquetas)\s*: |
    (?:we|this\s+(?:web\s?)?site|our\s+(?:web\s?)?site)\s+uses?\s+(?:cookies|akismet)\b |
    by\s+continuing\s+to\s+(?:use|browse|visit)\b | our\s+standards: | sorry,?\s+the\s+video\s+player\b |
    your\s+(?:email\s+address\s+will\s+not\s+be\s+published|browser\s+does\s+not\s+support)\b |
    save\s+my\s+name,\s+e-?mail | notify\s+me\s+of\s+(?:new|follow) | you\s+must\s+be\s+logged\s+in\b |
    (?:deine|ihre)\s+e-mail-adresse\s+wird\s+nicht\s+veröffentlicht |
    durch\s+die\s+(?:weitere\s+)?nutzung\b.{0,60}\b(?:stimmen|stimmst|erklären|erklärst)\s+(?:sie|du)\b |
    (?:wir|diese\s+(?:web)?s(?:eite|ite))\s+(?:verwende[nt]|nutz(?:en|t)|benutz(?:en|t))\s+cookies\b |
    en\s+poursuivant\s+(?:votre|la)\s+navigation\b | (?:nous\s+utilisons|ce\s+site\s+utilise)\s+des\s+cookies\b |
    (?:utilizamos|usamos|este\s+sitio\s+(?:web\s+)?utiliza)\s+cookies\b |
    (?:questo\s+sito\s+utilizza|utilizziamo)\s+(?:i\s+)?cookies?\b |
    copyright\W+(?:\(c\)|(?:19|20)\d\d|by\b) | (?:copyright\s+)?© |
    (?:this|the)\s+(?:story|article|piece|post|column|interview|report)\b.{0,40}
        \b(?:originally|first)\s+(?:published|appeared|ran)\b |
    (?:this|the)\s+(?:story|article|piece|post|column|interview)\s+(?:has\s+been|was)\s+
        (?:originally\s+|lightly\s+|first\s+)?(?:(?:re)?published|reprinted|translated|syndicated|edited|produced)\b |
    this\s+(?:story|article)\s+(?:will\s+appear|appears)\s+in\b |
    (?:the\s+post|der\s+beitrag|l.article)\b.{1,200}
        \b(?:appeared\s+first\s+on|erschien\s+zuerst\s+auf|est\s+apparu\s+en\s+premier)\b |
    this\s+article\s.{1,200}\boriginally\s+appeared\s+on\b |
    originally\s+(?:published|appeared) | cross-?posted\b |
    (?:(?:sigue|siga|seguí)\s+(?:a|nuestr[oa]s?|toda?s?|o|os|noss[oa]s?)|segui\s+(?:il|la|le|i|tutte)|suivez)\s.{1,60}\s
        (?:en|no|na|su|sur)\s+(?:google\s+news|facebook|twitter|instagram|tiktok|youtube|telegram|whatsapp)\b |
    (?:únete|inscreva-se|participe\s+d[oa]|iscriviti|abonnier(?:e|en|t)|rejoignez)\s.{0,40}
        (?:canale?|chaîne|kanal|grupo)\b.{0,30}\b(?:whatsapp|telegram)\b |
    (?:подписывайтесь|підписуйтесь|підпишіться|подпишитесь)\s+на\b | читайте\s+нас\s+в\b |
    (?:obserwuj|śledź)\s+nas\b | dołącz\s+do\s+nas\s+na\b | sledujte\s+nás\b | kövess(?:en)?\s+(?:minket|bennünket)\b |
    urmărește-ne\b | abonează-te\b | pratite\s+nas\b | ακολουθήστε\s+(?:το|μας|τα)\b | bizi\s+takip\s+edin\b |
    (?:ikuti|gabung)\s.{0,60}\b(?:whatsapp|telegram|google\s+news)\b | volg\s+ons\s+op\b | följ\s+oss\b |
    følg\s+oss\b | seuraa\s+meitä\b | يمكنكم\s+متابعة | تابعونا\s | (?:ご登録|フォロー)はこちら | 关注我们
    )""",
    re.VERBOSE,
)
"""Asks the reader to do something, or speaks of the publisher's own matters; at the beginning of a line.

For lines in lower case: to ignore case costs four times as much.
"""

WITHIN = re.compile(
    r"""
    (?:sign\s+up|subscribe)\s+(?:here|now|today|for\s+(?:our|the|free|it|more)|to\s+(?:our|the)\b.{0,60}newsletter) |
    newsletter\b.{0,60}\b(?:inbox|sign\s+up|subscribe) | \b(?:e-?mail|write\s+to|contact)\s+us\s+at\b |
    subscribing\s+to\s+a\s+newsletter |
    by\s+(?:signing\s+up|clicking|subscribing|submitting|providing)\b.{0,60}
        \byou\s+(?:agree|consent|accept|acknowledge) |
    all\s+rights\s+reserved | alle\s+rechte\s+vorbehalten | tous\s+droits\s+réservés | riproduzione\s+riservata |
    todos\s+(?:los\s+derechos|os\s+direitos)\s+reservados | tutti\s+i\s+diritti\s+riservati |
    alle\s+rechten\s+voorbehouden | все\s+права\s+защищены | усі\s+права\s+захищен | wszelkie\s+prawa\s+zastrzeżone |
    všechna\s+práva\s+vyhrazena | minden\s+jog\s+fenntartva | toate\s+drepturile\s+rezervate |
    tüm\s+hakları\s+saklıdır | 無断転載.{0,8}禁 | 版[权權]所有 |
    未[经經].{0,6}(?:授[权權]|[许許]可).{0,10}(?:转载|轉載|使用) | 무단\s?전재.{0,20}금지 | جميع\s+الحقوق\s+محفوظة |
    may\s+not\s+be\s+(?:published|reproduced|republished) |
    (?:earn|receive)\s+(?:an?\s+)?(?:affiliate\s+)?(?:commissions?|compensation)\b.{0,60}\b(?:link|purchase|buy) |
    for\s+informational\s+purposes\s+only | not\s+constitute\s+(?:medical|legal|financial|investment)\s+advice |
    editorially\s+independent |
    (?:opinions?|views?)\s+expressed\b.{0,60}
        \b(?:(?:their|his|her|the\s+(?:author|writer|columnist)s?.?s?)\s+own|of\s+the\s+author|
        not\s+(?:necessarily\s+)?(?:reflect|represent)) |
    ^.{3,250}\bcontributed\s+(?:reporting\s+)?(?:to|for)\s+this\s+(?:report|story|article|piece)\b |
    affiliate\s+(?:links?|partnerships?|commission) | ^.{0,60}independently\s+(?:selected|chosen|reviewed)\s+by\b
    """,
    re.VERBOSE,
)
"""As `OPENING`, anywhere in a line in lower case."""

TELLING = (
    "sign up", "subscri", "newsletter", "you agree", "you consent", "you accept", "you acknowledge", "reserv",
    "vorbehalten", "réserv", "riservat", "may not be", "commission", "compensation", "affiliate", "independently",
    "voorbehouden", "права", "prawa", "práva", "jog", "rezervat", "hakları", "転載", "权所有",
    "權所有", "未经", "未經", "전재", "محفوظة",
    "us at", "contributed", "informational", "constitute", "editorially", "expressed",
)  # fmt: skip
"""In all that `WITHIN` matches is one of these; few lines hold any, and a search for words is fast."""

MARK = re.compile(
    r"""^[\W_]*(?:(?:
    advertisements?|advertising|report\s+this\s+ad|sponsored(?:\s+(?:content|link|by).*)?|supported\s+by|
    promoted|ad|anzeige|werbung|publicité|
    (?:(?:last|zuletzt|laatst|senast|sist|sidst)\s+
        (?:updated|modified|edited|aktualisiert|geändert|bearbeitet|gewijzigd|bijgewerkt|uppdatera[dt]|oppdatert|opdateret)|
        (?:última|ultima)\s+(?:actualización|atualização|modificación|modifica|actualizare)|dernière\s+mise\s+à\s+jour|
        ultimo\s+aggiornamento|ostatni(?:a\s+aktualizacja|o\s+zmieniany)|poslední\s+aktualizace|
        последнее\s+(?:обновление|изменение)|son\s+güncelle(?:me|nme)|最終更新|最后更新|最後更新)\b.{0,50}\d.{0,30}|
    publicidad|publicidade|pubblicità|advertentie|reklama?|реклама|oglas|hirdetés|publicitate|διαφήμιση|iklan|quảng\s+cáo|
    annonse?|mainos|광고|広告|广告|廣告|إعلان|פרסומת|विज्ञापन|images?(?::.{0,60})?|credit:.{0,80}|getty\s+images|
    (?:(?:main|lead|featured?|cover|header|top)\s+)?(?:photo(?:graph)?|image|picture|illustration|graphic)s?
        (?:\s+(?:by|credit|courtesy|source)\b|\s?:).{0,80}|
    loading.*|share|tweets?|like\s+this|pin\s+it|back\s+to\s+top|scroll\s+down\s+for\s+videos?|view\s+comments|
    (?:hide|toggle)\s+caption|enlarge\s+this\s+image|post\s+navigation|nach\s+oben|haut\s+de\s+page|
    (?:\w+\s+)?(?:teilen|drucken|versenden)|kommentare?|symbol(?:bild|foto)|
    (?:archiv|symbol|titel|beitrags|quellen\s)?(?:foto|bild|grafik)(?:s|er|quelle|nachweis)?\s*:.{0,80}|
    crédits?(?:\s+photos?)?\s*:.{0,80}|
    (?:sources?|quellen?|fuente|fonte|źródło|kilde)\s*:.{1,60}|(?:この)?(?:ニュース|記事)をシェア(?:する)?|공유하기|
    partager|commentaires?|imprimer|compartir|condividi|commenti|yorumlar|σχόλια|hozzászólások|comentarii|коментари|komentari|komentar|bình\s+luận|התגובות|facebook|twitter|whatsapp|email|
    comments?|leave\s+a\s+(?:reply|comment)|tags?|schlag(?:worte|wörter)|stichw(?:orte|örter)|mots[\s-]clés|etiquetas|\d+\s+(?:comments?|shares?|views)|\d+\s+of\s+\d+|\d+/\d+|
    (?=[^/]*/)[^。]{0,120}
        (?-i:\b(?:REUTERS|Reuters|AFP|EPA|Getty\ Images|Shutterstock|imago))\s?/\s?(?-i:[A-Z])[\w\ .'-]{2,40}|
    (?:纠错\W+)?(?:责任编辑|责编|编辑|責任編輯|編輯)\s*[:：].{1,40}|
    (?:article|story)\s+continues\s+(?:below|after)\b.{0,30}|
    (?:19|20)\d\d[./-]\d{1,2}[./-]\d{1,2}\.?(?:\s\d{1,2}:\d\d(?::\d\d)?)?\s*(?:송고|입력|수정|등록)|
    (?:기사\s?)?(?:송고|입력|수정|등록|승인)(?:\s?(?:시간|일시|날짜|일))?\s*:?\s*(?:19|20)\d\d[./-]\d.{0,30}|
    listen\W{1,3}\d{1,3}:\d\d|download|embed|transcript|
    recommended\s+videos?|oops\W*something\s+went\s+wrong(?:\W+please\s+try\s+again(?:\s+later)?)?|https?://\S{4,300}
    )[\W_]*)?$""",
    re.IGNORECASE | re.VERBOSE,
)
"""A word or two, the whole line, that a template prints; or a line of separators."""

COMMENTS = re.compile(
    r"""^\W*(?:\d+\s+)?(?:
    (?:reader\s+|visitor\s+)?comments? | (?:leave|post|add|write)\s+(?:a|your)\s+(?:reply|comment) |
    join\s+the\s+(?:discussion|conversation) | (?:leser)?kommentare? | (?:einen\s+)?kommentar\s+schreiben |
    (?:schreiben?\s+sie|hinterlasse(?:n\s+sie)?)\s+einen\s+kommentar | commentaires? | réactions? |
    laisser\s+un\s+commentaire | coment(?:arios?|ar|ários?) | deja\s+(?:un|tu)\s+comentario | commenti |
    lascia\s+un\s+commento | reacties | kommentarer | komentarze | komentáře | komentáre | комментарии | коментарі |
    коментари | komentari | yorumlar | σχόλια | hozzászólások | comentarii | komentar | bình\s+luận | kommentit |
    התגובות | تعليقات | التعليقات | コメント | 评论 | 評論 | 댓글
    )\W*(?:\d+\W*)?$""",
    re.IGNORECASE | re.VERBOSE,
)
"""Announces what readers say; the whole line."""
