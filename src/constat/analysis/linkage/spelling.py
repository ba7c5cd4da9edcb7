"""Names of persons as the Sahel writes them, brought to one key.

Two steps. The reading of each word is levelled by `constat.analysis.names.sound` (Cissé, Sissé; Diallo, Jallo; Ould, Uld).
Then words that are one name in several languages share a family (Mohamed, Mahamadou, Mamadou). The families are few
and were written down from onomastic usage; a family is a likelihood, not an identity: agreement through it weighs less than
agreement letter by letter, and how much less is fitted to the file.
"""

from collections.abc import Mapping
from functools import lru_cache

from constat.analysis.names import fold, sound

# First of each line: the key. Amadou and Ahmed stay apart from Mohamed: in the region they are different men.
_FAMILIES: tuple[str, ...] = (
    "mohamed mohammed mohamad mohammad muhammad muhammadu mouhamed mouhamadou mahamed mahamadou mohamadou mamadou mamadu "
    "mahamadu mahamoudou mamoudou mahamane mahaman mohamedou medou med moh mouhammad muhamad محمد محمدو مامادو",
    "ahmed ahmad ahmadou ahmadu amadou amadu hamadou hamed hamad ahamadou ahamed hamdou أحمد أحمدو",
    "hamadoun hammadoun amadoun",
    "hama hamma hamah",
    "abdoulaye abdoulay abdullah abdallah abdoullah abdullahi abdoulahi abdalla abdellahi abdellah عبدالله",
    "abdourahmane abderrahmane abdelrahman abdurrahman abdrahamane abdramane abderahmane abdurahman rahmane عبدالرحمن",
    "aboubacar aboubakar abubakar boubacar boubakar aboubacrine boubacrine bakary bakari بوبكر abou bokar bocar",
    "alassane alhassane alhassan hassane hassan lassana lassine elhassan elhassane الحسن حسن",
    "houssein husseini housseini houseyni ousseini ousseyni hussein alhousseini alousseini hossein fousseyni fousseini الحسين حسين",
    "ibrahim ibrahima ibrahime brahim brahima ibrahem barahima إبراهيم",
    "ismael ismail إسماعيل ismaila smaila ismaël esmail",
    "issa isa عيسى eissa",
    "moussa musa mousa moussah موسى",
    "oumar umar omar oumarou omarou umaru عمر",
    "ousmane usman othman osmane outhmane ousman osman عثمان",
    "souleymane souleimane sulaiman suleiman soulaymane soulemane solomane sulayman slimane سليمان",
    "youssouf yusuf youssef yousef youssoufou yusufu youssoufa yousouf يوسف",
    "seydou saidou seidou seydu saydou saidu سيدو",
    "sidi sidy cidi",
    "cheick cheikh sheikh shaikh chek cheickna cheikhna chekh شيخ",
    "idrissa idriss idris idrisse drissa idrissou إدريس",
    "yacouba yacoub yakub yakouba yaqub yacoubou يعقوب",
    "aliou alioune aliyu alou",
    "ali aly علي alli",
    "mariam mariama maryam meriem mariame maria miriam مريم maryama marieme",
    "fatoumata fatima fatma fadimata fatimata fatimetou fatimatou fati fatou fadima fatimah fatouma فاطمة فاطمتو",
    "aissata aissatou aichata aissa aicha aisha aichatou aichetou aischa عائشة عيشة",
    "khadija kadidia khadidja kadidja hadidja khadidiatou kadiatou kadia khadijatou kadija khadidiatu خديجة",
    "aminata aminatou amina aminetou aminatu mina آمنة أمينة",
    "oumou oum umm um",
    "zeinab zeinabou zainab zeynab zenab zeinabu zenabou",
    "ramata ramatou ramatoulaye rahmatou rahma rahmatoulaye",
    "cisse sisse cise sise sissey cissey sissay cissay ceesay سيسي",
    "diallo jallo dialo djallo jalloh ديالو جالو dyallo djalo",
    "diarra jara djara diara jarra ديارا",
    "toure ture turay touray توري tore",
    "traore trawally tarawele tarawally traoure",
    "coulibaly kulibaly koulibaly kulubali coulibali culibaly",
    "keita kayta keyta kaita",
    "maiga mayga maigua maega",
    "dicko diko dikko",
    "sidibe sidibey sidibeh",
    "barry bari barri",
    "bah ba baa",
    "sow sau",
    "kone koney konneh conneh",
    "sangare sangaray sankare",
    "haidara aidara haydara haidra",
    "ould uld ولد oul weld",
    "walet wallet oulet welet oualet ualet walett",
    "ag agg أغ eg",
)

# Words that stand in a name without being one: kinship, title, article. Dropped from the set of words, never from a name
# that has nothing else.
PARTICLES = frozenset(
    {"ag", "agg", "ould", "uld", "walet", "wallet", "oualet", "welet", "mint", "ben", "bin", "ibn", "bint", "al", "el", "dit",
     "alias", "abou", "abu", "oumou", "oum", "hadj", "haj", "hajj", "elhadj", "alhadji", "elhadji", "de", "of", "la", "le"}
)  # fmt: skip


_SERVANT = frozenset({"abd", "abdel", "abdal", "abdul", "abdoul", "abdu"})


def _families() -> Mapping[str, str]:
    found: dict[str, str] = {}
    for line in _FAMILIES:
        key, *_ = words = line.split()
        for word in words:
            found.setdefault(fold(word).replace(" ", ""), key)
    return found


_FAMILY = _families()


@lru_cache(maxsize=1 << 18)
def word_key(word: str) -> str:
    """The family of one folded word, or its sound with the family of that sound; at least the word itself."""
    return _FAMILY.get(word) or sound(word) or word


def name_key(name: str) -> str:
    """One name, however written: Mahamadou, Mohamed, محمد give one key. Words keep their order. "" for nothing."""
    return " ".join(word_key(word) for word in _joined(name))


def _joined(name: str) -> list[str]:
    """The folded words; "servant of" is no name without the word it serves: Abd Allah is one name."""
    words: list[str] = []
    for word in fold(name).split():
        if words and words[-1] in _SERVANT:
            words[-1] += word
        else:
            words.append(word)
    return words


def words_of(name: str) -> tuple[str, ...]:
    """The words that name a person, each by its key, sorted, particles left out: Mohamed ag Ali and Ali, Mohamed agree."""
    words = _joined(name)
    telling = [word for word in words if word not in PARTICLES and len(word) > 1] or words
    return tuple(sorted({word_key(word) for word in telling}))
