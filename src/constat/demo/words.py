"""What the invented reporters say, in French, English and Arabic. Slots are filled by constat.demo.mission.

Each account is put together from parts: how the teller knows, what happened, who was harmed, what followed. Two accounts
of one event share the event's facts, not its sentences: that is what link suggestions must cope with.
"""

# How the teller knows, by reporter type.
KNOWS: dict[str, dict[str, list[str]]] = {
    "fr": {
        "victim": [
            "J’étais là.",
            "Cela nous est arrivé, à ma famille et à moi.",
            "Je parle de ce que j’ai vécu.",
        ],
        "family": [
            "Mon frère me l’a raconté le soir même.",
            "Il s’agit de parents à moi.",
            "Nous sommes la famille.",
        ],
        "witness": [
            "Je l’ai vu de mes yeux.",
            "J’étais au bord de la route.",
            "Je gardais les bêtes à côté.",
        ],
        "community_leader": ["Le chef du village m’a demandé d’appeler.", "Au nom du conseil du village :"],
        "medical": ["Le centre de santé a reçu des blessés.", "Registre du centre de santé :"],
        "own_force": ["Compte rendu de patrouille.", "Message du poste."],
        "ngo": ["Notre relais sur place signale ceci.", "Information reçue de notre point focal."],
        "media": ["Plusieurs comptes publics en parlent.", "Repris d’une radio locale."],
        "unknown": ["On m’a dit de vous prévenir.", "Je ne donne pas mon nom."],
    },
    "en": {
        "victim": ["I was there.", "This happened to us.", "I am telling what I lived through."],
        "family": ["My brother told me the same evening.", "They are relatives of mine."],
        "witness": ["I saw it myself.", "I was by the roadside.", "I was herding close by."],
        "community_leader": ["The village head asked me to call.", "On behalf of the village council:"],
        "medical": ["The health centre received wounded people.", "From the register of the health centre:"],
        "own_force": ["Patrol report.", "Message from the post."],
        "ngo": ["Our contact on the spot reports the following.", "Received from our focal point."],
        "media": ["Several public accounts mention it.", "Taken from a local radio."],
        "unknown": ["I was told to let you know.", "I do not give my name."],
    },
    "ar": {
        "victim": ["كنت هناك.", "حدث هذا لنا.", "أروي ما عشته."],
        "family": ["أخبرني أخي في المساء نفسه.", "الضحايا من أقاربي."],
        "witness": ["رأيت ذلك بعيني.", "كنت على جانب الطريق.", "كنت أرعى الماشية قرب المكان."],
        "community_leader": ["طلب مني شيخ القرية الاتصال.", "باسم مجلس القرية:"],
        "medical": ["استقبل المركز الصحي جرحى.", "من سجل المركز الصحي:"],
        "own_force": ["تقرير دورية.", "رسالة من المركز."],
        "ngo": ["أبلغنا مراسلنا في المكان بما يلي.", "وردتنا المعلومات من نقطة الاتصال."],
        "media": ["تتحدث عنه عدة حسابات عامة.", "نقلا عن إذاعة محلية."],
        "unknown": ["طُلب مني أن أبلغكم.", "لا أذكر اسمي."],
    },
}

# What happened, by incident type. Slots: {place} {when} {actor}.
HAPPENED: dict[str, dict[str, list[str]]] = {
    "fr": {
        "ied": ["Une mine a explosé sous une charrette près de {place}, {when}.",
                "{when}, un engin a sauté sur la piste de {place} au passage d’un véhicule de transport.",
                "Explosion sur la piste de {place} {when}, à l’heure où l’on revient du marché."],
        "road_ambush": ["Des hommes armés ont attaqué des voyageurs sur la route de {place}, {when}.",
                        "{when}, un minibus a été arrêté puis mitraillé avant {place}. On dit que c’était {actor}."],
        "village_raid_or_massacre": ["Des hommes à moto sont entrés dans {place} {when} et ont tiré sur les gens.",
                                     "{when}, {actor} a encerclé {place} au lever du jour, a brûlé des greniers et tué."],
        "intercommunal_attack": ["Une dispute au puits a dégénéré à {place} {when}, puis il y a eu des coups de feu.",
                                 "{when}, le campement près de {place} a été attaqué après un vol de bétail."],
        "ground_engagement": ["Des tirs entre {actor} et une patrouille ont touché le quartier du marché à {place}, {when}.",
                              "{when}, échange de tirs à {place} ; des habitants étaient au milieu."],
        "escalation_of_force": ["{when}, à l’entrée de {place}, les soldats de la mission ont tiré sur une moto qui ne s’arrêtait pas.",
                                "Un convoi de la mission a ouvert le feu sur un taxi près de {place} {when}. Le chauffeur n’avait pas vu le signal."],
        "indirect_fire": ["Un obus est tombé sur des maisons à {place} {when}.",
                          "{when}, trois explosions à {place}, comme des roquettes. Une est tombée dans une cour."],
        "aerial_operation": ["{when}, un hélicoptère a tiré près de {place}, là où les femmes lavaient le linge.",
                             "Un avion a frappé au nord de {place} {when}. Des gens qui revenaient d’un mariage ont été touchés."],
        "road_traffic": ["{when}, un véhicule de la mission a renversé des passants à {place}.",
                         "Accident à {place} {when} : un camion de la mission et une charrette d’ânes."],
        "demonstration_crowd_control": ["{when}, pendant la marche à {place}, on a tiré des grenades lacrymogènes puis des coups de feu.",],
        "search_operation": ["Fouille des maisons à {place} {when} par {actor} ; des portes cassées, des hommes emmenés.",],
        "abduction": ["{when}, {actor} a emmené des gens de {place}. On ne sait pas où ils sont.",],
        "erw": ["Des enfants ont ramassé un objet en métal près de {place} {when} et il a explosé.",],
        "threat_intimidation": ["{when}, {actor} est venu à {place} dire que ceux qui parlent à la mission seront punis.",],
        "blockade_siege": ["Depuis {when}, {actor} empêche d’entrer et de sortir de {place}. Le mil manque.",],
        "detention_operation": ["{when}, {actor} a arrêté des hommes au marché de {place} et les a battus.",],
    },
    "en": {
        "ied": ["A mine went off under a cart near {place}, {when}.", "{when}, a device blew up on the track to {place} as a transport truck went by."],
        "road_ambush": ["Armed men attacked travellers on the road to {place}, {when}.", "{when}, a minibus was stopped and shot at before {place}. People say it was {actor}."],
        "village_raid_or_massacre": ["Men on motorbikes came into {place} {when} and shot at people.", "{when}, {actor} surrounded {place} at dawn, burnt granaries and killed."],
        "intercommunal_attack": ["A quarrel at the well in {place} got out of hand {when}, then there was shooting.", "{when}, the camp near {place} was attacked after a cattle theft."],
        "ground_engagement": ["Fire between {actor} and a patrol hit the market area of {place}, {when}.", "{when}, exchange of fire in {place}; people of the town were caught in it."],
        "escalation_of_force": ["{when}, at the entrance of {place}, mission soldiers fired on a motorbike that did not stop.", "A mission convoy opened fire on a taxi near {place} {when}. The driver had not seen the signal."],
        "indirect_fire": ["A shell fell on houses in {place} {when}.", "{when}, three explosions in {place}, like rockets. One fell in a courtyard."],
        "aerial_operation": ["{when}, a helicopter fired near {place}, where women were washing clothes.", "An aircraft struck north of {place} {when}. People coming back from a wedding were hit."],
        "road_traffic": ["{when}, a mission vehicle knocked down people in {place}.", "Accident in {place} {when}: a mission truck and a donkey cart."],
        "demonstration_crowd_control": ["{when}, during the march in {place}, tear gas was fired and then shots."],
        "search_operation": ["House searches in {place} {when} by {actor}; doors broken, men taken away."],
        "abduction": ["{when}, {actor} took people from {place}. Nobody knows where they are."],
        "erw": ["Children picked up a piece of metal near {place} {when} and it exploded."],
        "threat_intimidation": ["{when}, {actor} came to {place} to say that those who talk to the mission will be punished."],
        "blockade_siege": ["Since {when}, {actor} lets nobody in or out of {place}. Millet is short."],
        "detention_operation": ["{when}, {actor} arrested men at the market of {place} and beat them."],
    },
    "ar": {
        "ied": ["انفجر لغم تحت عربة قرب {place} {when}.", "{when} انفجرت عبوة على طريق {place} عند مرور شاحنة ركاب."],
        "road_ambush": ["هاجم مسلحون مسافرين على طريق {place} {when}.", "{when} أُوقفت حافلة صغيرة قبل {place} وأُطلق عليها الرصاص. يقال إنهم {actor}."],
        "village_raid_or_massacre": ["دخل رجال على دراجات نارية إلى {place} {when} وأطلقوا النار على الناس.", "{when} حاصر {actor} قرية {place} عند الفجر وأحرقوا المخازن وقتلوا."],
        "intercommunal_attack": ["تطور خلاف على البئر في {place} {when} ثم سُمع إطلاق نار.", "{when} هوجم المخيم قرب {place} بعد سرقة ماشية."],
        "ground_engagement": ["أصاب تبادل إطلاق النار بين {actor} ودورية حي السوق في {place} {when}.", "{when} تبادل لإطلاق النار في {place} وكان السكان في الوسط."],
        "escalation_of_force": ["{when} عند مدخل {place} أطلق جنود البعثة النار على دراجة نارية لم تتوقف.", "فتحت قافلة للبعثة النار على سيارة أجرة قرب {place} {when}. السائق لم ير الإشارة."],
        "indirect_fire": ["سقطت قذيفة على بيوت في {place} {when}.", "{when} ثلاثة انفجارات في {place} مثل الصواريخ. سقط أحدها في فناء."],
        "aerial_operation": ["{when} أطلقت مروحية النار قرب {place} حيث كانت النساء يغسلن الثياب.", "قصفت طائرة شمال {place} {when}. أصيب عائدون من عرس."],
        "road_traffic": ["{when} دهست سيارة للبعثة مارة في {place}.", "حادث في {place} {when} بين شاحنة للبعثة وعربة حمير."],
        "demonstration_crowd_control": ["{when} أثناء المسيرة في {place} أُطلق الغاز المسيل للدموع ثم الرصاص."],
        "search_operation": ["تفتيش بيوت في {place} {when} من طرف {actor}؛ كُسرت أبواب واقتيد رجال."],
        "abduction": ["{when} اقتاد {actor} أشخاصا من {place} ولا أحد يعرف مكانهم."],
        "erw": ["التقط أطفال قطعة معدنية قرب {place} {when} فانفجرت."],
        "threat_intimidation": ["{when} جاء {actor} إلى {place} وقالوا إن من يتحدث إلى البعثة سيعاقب."],
        "blockade_siege": ["منذ {when} يمنع {actor} الدخول إلى {place} والخروج منها. الدخن قليل."],
        "detention_operation": ["{when} أوقف {actor} رجالا في سوق {place} وضربوهم."],
    },
}  # fmt: skip

# Who was harmed. {killed} and {injured} are phrases made by `counted`.
HARMED: dict[str, dict[str, str]] = {
    "fr": {"both": "On parle de {killed} et de {injured}.", "killed": "Il y aurait {killed}.", "injured": "Il y a {injured}.",
           "none": "Je ne connais pas le nombre de personnes touchées.", "women": "Parmi eux, des femmes.",
           "children": "Il y avait des enfants.", "animals": "Des bêtes ont été tuées ou emportées.",
           "houses": "Des maisons ont brûlé.", "fled": "Des familles sont parties vers {near}."},
    "en": {"both": "People speak of {killed} and {injured}.", "killed": "There are said to be {killed}.", "injured": "There are {injured}.",
           "none": "I do not know how many people were harmed.", "women": "There were women among them.",
           "children": "There were children.", "animals": "Animals were killed or taken.",
           "houses": "Houses were burnt.", "fled": "Families left towards {near}."},
    "ar": {"both": "يتحدث الناس عن {killed} و{injured}.", "killed": "يقال إن هناك {killed}.", "injured": "هناك {injured}.",
           "none": "لا أعرف عدد المتضررين.", "women": "بينهم نساء.", "children": "كان هناك أطفال.",
           "animals": "قُتلت ماشية أو أُخذت.", "houses": "احترقت بيوت.", "fled": "غادرت عائلات نحو {near}."},
}  # fmt: skip

# What followed, or what is asked.
FOLLOWED: dict[str, list[str]] = {
    "fr": ["On demande de l’aide pour les blessés.", "Les gens ont peur de sortir.", "Nous voulons savoir qui a fait cela.",
           "La route est coupée depuis.", "Personne n’est venu.", "Le marché n’a pas eu lieu cette semaine.", ""],
    "en": ["We ask for help for the wounded.", "People are afraid to go out.", "We want to know who did this.",
           "The road has been cut since.", "Nobody came.", "There was no market this week.", ""],
    "ar": ["نطلب المساعدة للجرحى.", "الناس يخافون الخروج.", "نريد أن نعرف من فعل هذا.", "الطريق مقطوع منذ ذلك الوقت.",
           "لم يأت أحد.", "لم يُقَم السوق هذا الأسبوع.", ""],
}  # fmt: skip

MONTHS = {
    "fr": ["janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"],
    "en": ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"],
    "ar": ["يناير", "فبراير", "مارس", "أبريل", "مايو", "يونيو", "يوليو", "أغسطس", "سبتمبر", "أكتوبر", "نوفمبر", "ديسمبر"],
}  # fmt: skip


def counted(language: str, what: str, low: int, high: int | None) -> str:
    """A count as people say it: "2 morts", "entre 2 et 4 morts", "au moins 2 morts". `what`: killed or injured."""
    word = {
        "fr": {"killed": ("mort", "morts"), "injured": ("blessé", "blessés")},
        "en": {"killed": ("dead", "dead"), "injured": ("injured", "injured")},
        "ar": {"killed": ("قتيل", "قتلى"), "injured": ("جريح", "جرحى")},
    }[language][what]
    if high is None:
        return {
            "fr": f"au moins {low} {word[low > 1]}",
            "en": f"at least {low} {word[1]}",
            "ar": f"{low} {word[low > 1]} على الأقل",
        }[language]
    if high > low:
        return {
            "fr": f"entre {low} et {high} {word[1]}",
            "en": f"between {low} and {high} {word[1]}",
            "ar": f"بين {low} و{high} {word[1]}",
        }[language]
    return f"{low} {word[low > 1]}"


def day(language: str, month: int, day_of_month: int | None, year: int) -> str:
    """A date as people say it; without a day, the month."""
    name = MONTHS[language][month - 1]
    if day_of_month is None:
        return {"fr": f"en {name} {year}", "en": f"in {name} {year}", "ar": f"في شهر {name} {year}"}[language]
    first = "1er" if day_of_month == 1 and language == "fr" else str(day_of_month)
    return {
        "fr": f"le {first} {name}",
        "en": f"on {day_of_month} {name}",
        "ar": f"يوم {day_of_month} {name}",
    }[language]
