"""The words by which English sentences are judged (see `patterns`).

`a_b` stands for words with space between them; `?`, `|` and the like are those of patterns.
"""

from collections.abc import Iterable


def any_of(words: str | Iterable[str]) -> str:
    """A pattern for any of the words."""
    each = words.split() if isinstance(words, str) else words
    return "(?:" + "|".join(word.replace("_", r"\s+") for word in each) + ")"


MONTHS = any_of(
    r"""
    January February March April June July August September October November December Jan\.
    Feb\. Mar\. Apr\. Aug\. Sept?\. Oct\. Nov\. Dec\.
    """
)
WEEKDAYS = any_of("Monday Tuesday Wednesday Thursday Friday Saturday Sunday")

LARGE = any_of(
    """
    eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty thirty
    forty fifty sixty seventy eighty ninety hundreds? thousands? millions? billions? trillions?
    dozens? scores_of tens_of
    """
)
SMALL = any_of("two three four five six seven eight nine ten both_of several_of")
SHARES = any_of(
    r"""
    half_of half_the \w+_in_every_\w+
    (?:one|\d+)_in_(?:two|three|four|five|six|seven|eight|nine|ten|twenty|a_hundred|\d+)
    \w+_out_of_(?:every_)?\w+ (?:a|one)[_-](?:third|quarter|fifth|tenth)
    (?:two|three|four)[_-](?:thirds|quarters|fifths) (?:a|the|vast)_majority majority_of twice
    doubled tripled quadrupled (?:two|three|four|five|ten|hundred)-?fold
    (?:\w+)_times_(?:more|less|as|higher|lower|likelier|better|worse) times_(?:more|less|as)
    (?:more|less)_likely_to (?:more|less)_likely_than (?:higher|lower)_(?:\w+_)?rates?
    most_(?:Americans|people|voters|adults|customers|states|cities|countries|of_the)
    (?:more|less)_(?:often|frequently|accurate(?:ly)?|error-prone)_(?:than|for|on)
    disproportionate(?:ly)? almost_(?:exclusively|always|never)
    """
)
# Nouns of the letter itself: a small number before them counts what the letter asks or says.
OWN_THINGS = any_of(
    """
    asks? requests? questions? reasons? points? steps? commitments? things? ways? words?
    letters? measures? demands? paragraphs? pages? sentences? actions? changes? proposals?
    recommendations? principles? promises? simple clear concrete
    """
)

# Verbs of saying, doing, finding and ruling, in the past tense or as participles.
SAID = """
    said stated told wrote written announced promised pledged vowed testified disclosed admitted
    acknowledged conceded confirmed denied warned declared claimed argued insisted explained
    asserted noted cautioned replied responded answered apologized apologised tweeted remarked
    observed reiterated assured
    """
FOUND = """
    found showed shown concluded reported revealed documented discovered determined measured
    estimated demonstrated established proved proven identified uncovered exposed surveyed
    polled counted recorded analyzed analysed studied examined tested audited investigated
    linked
    """
RULED = """
    ruled banned barred prohibited outlawed forbade forbidden signed passed enacted adopted
    introduced approved rejected vetoed repealed voted overturned upheld struck ordered charged
    convicted acquitted indicted sentenced sued fined settled legalized legalised regulated
    legislated mandated required criminalized blocked dismissed filed subpoenaed ratified
    """
DID = """
    sold stopped suspended halted paused ended launched released published withdrew withdrawn
    abandoned quit bought purchased licensed deployed scanned tracked spent paid received hired
    fired resigned acquired refused declined agreed extended renewed expired became joined left
    misidentified mismatched matched arrested jailed imprisoned detained handcuffed wronged
    killed died occurred failed lost won increased decreased rose risen fell fallen grew grown
    doubled tripled dropped backed lobbied donated pitched marketed offered supplied provided
    exited sunset discontinued scrapped dropped removed added changed updated amended revised
    met raised collected stored shared leaked hacked breached used installed rolled tightened
    loosened expanded limited restricted built developed trained created founded merged moved
    began begun started continued resumed followed protested demonstrated marched demanded
    petitioned urged asked called criticized criticised condemned praised welcomed endorsed
    opposed supported cited quoted named listed ranked rated awarded contracted partnered
    """
EVENTS = any_of(dict.fromkeys(f"{SAID} {FOUND} {RULED} {DID}".split()))
SAYING = any_of(
    f"{SAID} says states writes tells announces promises calls called described puts_it"
)
# The same without those that are as often adjectives or nouns after a noun (“software used by”).
CLEAR_EVENTS = any_of(
    word
    for word in dict.fromkeys(f"{SAID} {FOUND} {RULED} {DID}".split())
    if word not in {"used", "called", "shown", "left", "met", "written", "limited", "required",
                    "built", "lost", "named", "rated", "linked", "established", "identified",
                    "trained", "shared", "supported", "proven", "changed", "wronged", "sunset"}
)  # fmt: skip

IRREGULAR = any_of(
    """
    sold said told made took taken gave given began begun wrote written won lost led kept held
    built bought brought found knew known sent spent paid met chose chosen broke broken drew
    drawn drove driven fell fallen grew grown ran rose risen saw seen set shut spoke spoken
    stood swore sworn taught thought went gone withdrew withdrawn put cut let became become came
    got left quit struck hit cost dealt fought sought bid bound hid forgot forgotten laid meant
    rang shook stole stuck threw understood wore woke done shown proven sat felt heard slept
    threw lent cast split
    """
)
REGULAR = r"[a-z]{2,}(?:ed)"
# Words that end like a past tense and are none.
NOT_PAST = any_of(
    """
    need indeed speed feed seed breed exceed proceed succeed deed heed bleed hundred red bed
    shed embed united naked sacred wicked beloved so-called committed opposed prepared concerned
    pleased grateful entitled supposed obliged
    """
)

# What an organisation does habitually: checkable in the present tense.
DOES = any_of(
    """
    sells offers provides supplies markets licenses develops makes builds operates runs owns
    uses employs serves refuses requires prohibits allows permits bars bans forbids supports
    opposes backs lobbies funds finances pays hosts stores shares collects says states claims
    promises pledges warns insists maintains argues acknowledges admits denies advertises
    describes defines covers applies excludes includes limits restricts continues remains_silent
    lists counts ranks charges reports tests trains works_with partners contracts calls requires
    tells lets declines no_longer now_(?:sells|offers|provides|bars|bans|refuses|requires)
    """
)
DOES_BASE = any_of(
    """
    sell offer provide supply market license develop make build operate run own use employ serve
    require prohibit allow permit bar ban forbid support oppose back lobby fund pay host store
    share collect say state publish disclose cover apply exclude include limit restrict list
    test
    """
)
# What one may be or have without its being a checkable statement.
HAS_OPINION = any_of(
    """
    a_chance an_opportunity the_opportunity the_chance the_power a_responsibility
    the_responsibility a_duty the_duty an_obligation the_means the_ability the_right a_choice
    the_choice the_influence the_resources the_standing every_reason no_reason no_excuse reason
    the_courage the_moment a_moment much more a_role
    """
)
HAS_CHECKABLE = any_of(
    r"""
    contracts? agreements? customers policies deals no_(?:\w+_)?(?:policy|rules?|law)
    an?_(?:\w+_)?(?:contract|agreement|policy|deal|program|programme|team|partnership|customer)
    """
)
IS_CHECKABLE = (
    r"(?:the|one\s+of\s+the|now\s+the|among\s+the|still\s+the)\s+(?:\w+\s+)?"
    + any_of("""
    only first last latest largest biggest leading main sole world's world’s most second third
    fourth oldest newest top
    """)
    + r"|an?\s+(?:\w+\s+)?"
    + any_of("""
    member supplier provider vendor seller customer contractor party maker signatory subsidiary
    owner partner developer investor shareholder
    """)
    + r"|(?:not\s+)?(?:currently\s+|already\s+|still\s+|now\s+)?"
    + any_of("""
    used sold deployed banned prohibited required allowed permitted operated owned headquartered
    based governed regulated covered exempt illegal legal available unregulated unlawful lawful
    silent_on
    """)
)  # fmt: skip

INSTITUTIONS = any_of(
    """
    Congress Parliament lawmakers legislators legislatures? courts? judges? juries jury police
    officers departments? agencies agency cities states counties countries governments?
    regulators? prosecutors officials senators researchers scientists scholars experts companies
    vendors competitors peers rivals employees workers shareholders investors customers
    journalists newspapers protesters voters residents universities schools retailers landlords
    police_departments sheriffs authorities airports stores men women people defendants
    plaintiffs man woman judge officer company firm vendor maker employee student senator
    representative governor mayor president chief executive spokesman spokeswoman spokesperson
    court agency department government city state
    """
)
EVIDENCE = any_of(
    """
    stud(?:y|ies) research reports? researchers? evidence data tests? audits? experts? scholars
    scientists polls? surveys? records? documents? e-?mails? experiments? investigations?
    analys[ei]s reviews? figures statistics papers? transcripts? filings? history experience
    science benchmarks? findings results engineers academics
    """
)
SHOWS = any_of(
    """
    shows? finds? suggests? indicates? reveals? confirms? documents? demonstrates? reports?
    warns? agrees? proves? concludes? estimates? puts? records? says tells_us has_shown
    have_shown
    """
)
LAW = any_of(
    """
    laws? acts? bills? statutes? ordinances? constitution amendments? regulations? rules?
    directives? terms policy policies contracts? treat(?:y|ies) conventions? charters? codes?
    orders? guidelines moratoriums? moratoria bans? injunctions? resolutions? licen[cs]es?
    provisions?
    """
)
LAW_SAYS = any_of(
    """
    requires? prohibits? bans? bars? forbids? allows? permits? guarantees? protects? obliges?
    provides? limits? says? states? covers? applies apply gives? makes? expires? lasts? lapses?
    ends governs? regulates? exempts? leaves? contains? defines? imposes? sets? calls_for
    does_not do_not
    """
)

# Places that one capital word names; at the beginning of a sentence any word has a capital.
PLACES = any_of(
    """
    Alabama Alaska Arizona Arkansas California Colorado Connecticut Delaware Florida Georgia
    Hawaii Idaho Illinois Indiana Iowa Kansas Kentucky Louisiana Maine Maryland Massachusetts
    Michigan Minnesota Mississippi Missouri Montana Nebraska Nevada Ohio Oklahoma Oregon
    Pennsylvania Tennessee Texas Utah Vermont Virginia Washington Wisconsin Wyoming America
    Britain Canada China Europe France Germany India Ireland Italy Japan Mexico Scotland Spain
    Sweden Detroit Boston Oakland Portland Seattle Chicago London Paris Brussels Berlin Congress
    Parliament Google Facebook Meta Apple Clearview Palantir Oracle Reuters
    """
)

IMPERATIVES = any_of(
    """
    commit stop end extend publish keep make take join follow write tell declare refuse halt
    pause support oppose withdraw adopt add include remove disclose release report reply respond
    let consider please do don't don’t be give put set show name open require allow protect
    suspend cancel review audit explain confirm answer meet act lead listen use say stand share
    provide ensure guarantee prohibit ban limit bar delete destroy reject ask send sign choose
    honor honour pledge promise work urge help seek appoint establish create conduct submit bind
    change amend enforce start begin drop return invest look think turn go come speak call visit
    read see find get build bring hold treat prove demand press vote never always spell draw
    leave close fix issue announce state renounce abandon discontinue cease permit deny decline
    offer pay engage
    """
)
