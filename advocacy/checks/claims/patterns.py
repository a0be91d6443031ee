"""The patterns by which English sentences are judged: forms that state nothing, and statements.

They are written for text with straight apostrophes and single spaces.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from advocacy.checks.claims import words as w


def _made(pattern: str, flags: int = re.IGNORECASE) -> re.Pattern[str]:
    return re.compile(pattern, flags | re.VERBOSE)


# --- forms that state nothing ---------------------------------------------------------------------

_LEAD = rf"""
    ^(?:{w.any_of("and but so yet then now today also again finally instead however therefore "
                  "first second third last lastly for_now")})?,?\s*
"""  # fmt: skip
_WE = r"(?:we|i|all\s+of\s+us|the\s+undersigned|our\s\w+)"
_WE_ALSO = rf"""
    (?:\s+{w.any_of("therefore now again also respectfully strongly urgently once_more simply only "
                    "all do both further still jointly together here today hereby fully would will "
                    "would_also are am must can can_only")})*
"""  # fmt: skip
_ASK_VERB = w.any_of(
    """
    ask asking urge urging call_on call_upon calling_on request implore demand invite encourage
    appeal want expect hope like_to seek look_forward propose recommend suggest challenge press
    insist plead beg desire wish counsel call_for
    """
)
ASK = _made(
    rf"""
    {_LEAD}(?:
        {_WE}{_WE_ALSO}\s+{_ASK_VERB}\b
      | (?:our|the|my|one|a)\s+(?:\w+\s+){{0,2}}
        {w.any_of("asks? requests? demands? questions? calls? hopes? proposals? recommendations?")}
        \s+(?:to\s+\w+\s+)?(?:is|are|remains?|would)\b
      | what\s+we\s+(?:ask|seek|want|need|request|hope)\b
      | it\s+is\s+(?:high\s+)?time\b | now\s+is\s+the\s+time
      | there\s+is\s+(?:still\s+)?time\s+to\b
      | let\s+us\b | please\b | kindly\b | thank\s+you\b
    )
    """
)
PLEASE = _made(r",\s*(?:and\s+|but\s+|so\s+)?please\b")
_IMPERATIVE = _made(rf"{_LEAD}({w.IMPERATIVES})\b(?!\s*(?:,|of\b))")
_NOT_IMPERATIVE = _made(
    rf"""
    ^\S+\s+(?:is|are|was|were|has|have|had|of|by|from|in\s+\d|shows?|grew|rose|fell|
    {w.CLEAR_EVENTS})\b
    """
)
QUESTION = re.compile(r"\?[\"'”)\]]*$")
# Figures of speech, and what the sender would like, after a semicolon.
COURTESY = _made(
    r"\ba\s+(?:hundred|thousand|million)\s+thanks\b|[;:]\s+(?:and\s+|but\s+)?we\s+(?:would|should|hope)\b.*$"
)
DID_YOU_KNOW = _made(r"^(?:did|do)\s+you\s+know\s+(?:that\s+)?")
SUPPOSED = _made(
    rf"""
    {_LEAD}{w.any_of("if suppose supposing imagine assume assuming were should unless even_if "
                     "whether consider_what picture")}\b(?!\s+anything)
    """
)  # fmt: skip
OPINION = _made(
    rf"""
    {_LEAD}(?:it\s+is|it\s+would\s+be|it\s+was|it's|that\s+is|there\s+is)
    \s+(?:also\s+|simply\s+|plainly\s+|never\s+|not\s+)?
    {w.any_of("wrong right unfair fair unjust just unwise wise dangerous reckless hard easy "
              "tempting nothing no_reason no_excuse")}\b
    """
)  # fmt: skip
FACTIVE = _made(
    rf"""
    {_LEAD}(?:
        {_WE}\s+(?:{w.any_of("also now all have are were do too")}\s+|(?:were|are)\s+\w+\s+to\s+)*
        {w.any_of("know knew known learned learn learnt note noted read heard hear understand "
                  "understood see seen saw recall remember welcome regret aware glad pleased "
                  "dismayed alarmed troubled encouraged recognize recognise acknowledge")}
      | as\s+you\s+(?:know|are\s+aware|will\s+know|may\s+know)
      | you\s+(?:know|will\s+know|may\s+know|will\s+recall)
      | (?:remember|recall|note|consider|see)(?=\s+(?:that|how|the)\b)
      | it\s+is\s+{w.any_of("a_fact true clear known well_known no_secret public_knowledge")}
    )\s*,?\s+(?:that|how)?\s*
    """
)  # fmt: skip
OWN = _made(
    rf"""
    {_LEAD}(?:
        (?:we|i)\b | enclosed\b | attached\b | below\b | copies\s+of\s+this\b
      | (?:this|our|the\s+enclosed|the\s+attached|the\s+present)\s+
        {w.any_of("letter list request appeal note message campaign coalition "
                  "organi[sz]ations? members? supporters? volunteers? signatories office "
                  "staff director board questions? asks? requests? demands? concerns? hope "
                  "view position work commitment answer next_letter")}\b
      | (?:these|those|the)\s+(?:\w+\s+)?{w.OWN_THINGS}\b
    )
    """
)  # fmt: skip
OWN_FINDING = _made(
    rf"""
    \bour\s+(?:own\s+)?{w.any_of("analysis study survey report research review records audit "
                                 "tests? count poll investigation")}\b
  | \b(?:we|i)\s+(?:have\s+)?(?:found|counted|surveyed|tested|measured|documented)\b
    """
)  # fmt: skip
MODAL = _made(
    rf"""
    \b{w.any_of("must should would could can cannot can't may might ought shall needs?_to has_to "
                "have_to deserves?")}\b
    """
)  # fmt: skip
TOLD_US = _made(
    rf"""
    \b{w.any_of("repl(?:y|ies) respon(?:d|se) answer hear_from word_from write_to_us contact reach "
                "confirm let_us_know meet deadline call_us decision decide")}\b
    """
)  # fmt: skip
DEADLINE = _made(
    rf"""
    \b{w.any_of("by before within until no_later_than not_later_than in_the_next over_the_next on "
                "at in")}\s+
    (?: (?:the\s+)?(?:close\s+of\s+business\s+on\s+)?(?:{w.WEEKDAYS},?\s+)?(?:the\s+)?
        (?:\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?)?(?:{w.MONTHS}|May)
        (?:\s+\d{{1,2}}(?:st|nd|rd|th)?)?(?:,?\s+\d{{4}})?
      | (?:the\s+end\s+of\s+)?\d{{4}}
      | (?:\w+|\d+)[\s-]+(?:business\s+|working\s+)?(?:days?|weeks?|months?|hours?|years?)
    )
    """
)  # fmt: skip
CONTACT = re.compile(r"\S+@\S+|\+?\d[\d ()./-]{6,}\d|https?://\S+")
# A clause inside an ask, a question or what the sender does, that states what another did.
INSIDE = _made(
    rf"""
    \b{w.any_of("because since after when although though given_that now_that while whereas "
                "even_as")}\s+(?=(?-i:[A-Z])|you\b|your\b|the\b)
    """
)  # fmt: skip

# --- statements -----------------------------------------------------------------------------------

PERCENT = _made(
    rf"""
    (?:\d[\d.,]*|\b{w.LARGE}|\b(?:one|two|three|four|five|six|seven|eight|nine|ten))
    [\s-]*(?:\w+[\s-])?(?:%|per\s?cent\b)
  | \bpercentage\s+points?\b | \d\s*%
    """
)
SHARE = _made(rf"\b{w.SHARES}\b")
# Digits that are no count: numbers of laws, sections and rooms, codes, ordinals of centuries.
_NUMBERED = w.any_of(
    r"""
    sections? articles? title chapter no\. nos\. number clause paragraph part rule amendment
    resolution version phase pages? room suite figure table s\. h\.r\. hr sb ab hb s\.b\. h\.b\.
    a\.b\. u\.s\.c\.
    """
)
NOT_COUNTED = _made(
    rf"""
    \b{_NUMBERED}\s*\d[\w.()-]*
  | §+\s*\d[\w.()]* | \b24/7\b | \b9/11\b | \bcovid-19\b
  | \b\d+(?:st|nd|rd|th)[\s-]+centur(?:y|ies)\b
  | \b\d+(?:st|nd|rd|th)\b(?!\s+(?:of\s+)?(?-i:[A-Z]))
  | \b\d+-(?:degree|page|word|minute|hour)s?\b
  | \b[A-Za-z]+-?\d+\w*\b | ^\(?\d+[.)]\s
    """
)
FIGURE = re.compile(r"(?<![\w.-])[$€£¥]?\d(?:[\d,.]*\d)?")
LARGE_NUMBER = _made(rf"\b{w.LARGE}\b")
SMALL_NUMBER = _made(rf"\b{w.SMALL}\b(?!\s+(?:\w+\s+)?{w.OWN_THINGS}\b)")
SMALL_IS = _made(rf"\b{w.SMALL}\s+(?:[a-z]+\s+){{1,3}}(?:is|are)\b")
DATE = _made(
    rf"""
    \b{w.MONTHS}(?!\w) | \bMay\s+\d
  | \b(?:in|since|of|last|until|by|before|during)\s+May\b(?!\s+[a-z])
  | \b(?:1[89]|20)\d\d\b
  | \b(?:last|past|previous)\s+(?:{w.any_of("week month year spring summer fall autumn winter "
                                            "decade night quarter session")}|{w.WEEKDAYS})\b
  | \byesterday\b | \b(?:days|weeks|months|years|decades)\s+(?:ago|later|earlier)\b
  | \b(?:on|since|this|earlier\s+this)\s+{w.WEEKDAYS}\b
    """,
    0,
)  # fmt: skip

_AUX = w.any_of(
    "has have had was were has_been have_been had_been did didn't hasn't haven't wasn't weren't"
)
_BETWEEN = rf"""
    (?:\s+(?:{w.any_of("not never also already still once just recently publicly since first then "
                       "only repeatedly long now itself themselves so even ever yet been")}
    |[a-z]+ly))*
"""  # fmt: skip
_PAST = rf"(?!{w.NOT_PAST}\b)(?:{w.REGULAR}|{w.IRREGULAR})\b"
PERFECT = _made(rf"\b{_AUX}{_BETWEEN}\s+{_PAST}")
PERFECT_EVENT = _made(rf"\b{_AUX}{_BETWEEN}\s+{w.EVENTS}\b")
EVENT = _made(rf"(?P<before>[\w'.-]+[,)]?){_BETWEEN}\s+{w.CLEAR_EVENTS}\b")
# Words before a verb's form that make it an adjective, a wish or our own deed.
NOT_SUBJECT = frozenset(
    """
    a an the of for by to more less its their his her my our your such any no every each as than
    in on at with from and or be been being is are we i must should would could can may might
    will shall not most best well so very newly widely poorly often always never that which who
    whom
    """.split()
)
REPORT_VERB = _made(rf"(?<![\w-]){w.SAYING}\b")
EVIDENCE_SHOWS = _made(
    rf"""
    \b{w.EVIDENCE}\b(?:\s+(?:of|by|from|on|in|at)\s+[\w\s'-]{{1,40}}?)?
    \s+(?:{w.any_of("also now consistently repeatedly have has clearly")}\s+)*{w.SHOWS}\b
    """
)
LAW_STATES = _made(
    rf"""
    (?<!in\sthe\s)(?<!in\s)\b{w.LAW}\b(?:\s+(?:of|on|in|for|from|against)\s+[\w\s',-]{{1,40}}?)?
    \s+(?:{w.any_of("now already still expressly also only currently")}\s+)*{w.LAW_SAYS}\b
    """
)
NO_LAW = _made(
    rf"""
    \bthere\s+(?:is|are|was|were|remains?)\s+(?:{w.any_of("still currently now as_yet today")}\s+)?
    (?:no|not\s+a|few|almost\s+no)\s+(?:\w+\s+){{0,3}}?
    {w.any_of("laws? rules? statutes? regulations? standards? legislation oversight limits? "
              "safeguards? evidence")}\b
  | ^under\s+(?:\w+\s+){{0,4}}?(?:law|act|terms|policy|constitution|ordinance|rules)\b
  | \bno\s+(?:\w+\s+)?(?:federal|national|state|european|comprehensive)\s+(?:\w+\s+)?
    (?:law|rule|statute|regulation|court|agency)\b
    """
)  # fmt: skip
INSTITUTION_DID = _made(
    rf"""
    \b{w.INSTITUTIONS}\b(?:\s+(?:in|of|at|from|across|around)\s+[\w\s',-]{{1,40}}?)?
    (?:\s+(?:has|have|had))?{_BETWEEN}\s+(?:{_PAST}|yet\s+to\b|did\s+not\b|didn't\b)
    """
)


def is_imperative(text: str) -> bool:
    """Whether a sentence tells the reader to do something."""
    found = _IMPERATIVE.match(text)
    return found is not None and not _NOT_IMPERATIVE.match(text[found.start(1) :])


@lru_cache(maxsize=64)
def about(names: Sequence[str]) -> re.Pattern[str]:
    """A named party (or the reader) as the subject of what it did, does, has or is.

    The groups `named`, `you` and `proper` tell which of them it is. `names` is a tuple.
    """
    alternatives = "|".join(
        re.escape(name) for name in sorted(names, key=lambda name: (-len(name), name))
    )
    return _made(
        rf"""
        (?<![\w'-])
        (?: (?P<named>{alternatives or "(?!)"})
          | (?P<you>[Yy]ou|[Yy]our\s+(?:own\s+)?(?:[a-z]+\s+){{0,3}}?[a-z]+)
          | (?P<proper>
                (?:[Tt]he\s+)?[A-Z][\w'&.-]*
                (?:\s+(?:(?:of|and|for|the|&|de)\s+)?[A-Z][\w'&.-]*){{1,5}}
              | [A-Z]{{2,}}[A-Za-z]* | {w.PLACES}
              | (?<=[a-z,]\s)(?!{w.MONTHS}|{w.WEEKDAYS}|May\b|I\b)[A-Z][a-z'-]+ )
        )
        (?:'s?\s+(?:own\s+)?(?:[\w-]+\s+){{0,4}}?[\w-]+)?
        (?:\s*,[^,;]{{2,120}},|\s+\([^)]*\)|\s+and\s+[A-Z]\w+(?:\s+[A-Z]\w+)*)?
        (?: {_BETWEEN}\s+{_PAST}
          | \s+(?:has|have|had)\s+(?!{w.HAS_OPINION}\b){_BETWEEN}\s*
            (?:{_PAST}|{w.HAS_CHECKABLE}\b|yet\s+to\b)
          | \s+(?:was|were){_BETWEEN}\s+(?:{_PAST}|the\b|an?\b|among\b)
          | \s+(?:did|didn't)\b
          | \s+(?:does\s+not|do\s+not|doesn't)\s+{w.DOES_BASE}\b
          | \s+(?:is|are)(?:\s+{w.any_of("not now still also already currently reportedly")})*\s+
            (?!being\b|willing\b|going\b|facing\b)[a-z]{{3,}}ing\b
          | \s+(?:is|are)\s+(?:{w.IS_CHECKABLE})\b
          | (?:\s+{w.any_of("also now still already itself currently openly publicly actively")})?
            \s+{w.DOES}\b
        )
        """,
        0,
    )  # fmt: skip
