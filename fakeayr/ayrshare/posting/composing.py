"""What Ayrshare itself puts into a post: proverbs, images, videos and short links."""

QUOTES = (
    "A calm sea never made a skilled sailor.",
    "A good beginning is half the work.",
    "A journey of a thousand miles begins with a single step.",
    "A rolling stone gathers no moss.",
    "A smooth road wears out no shoes, and teaches no one to walk.",
    "A stitch in time saves nine.",
    "A watched kettle never boils, and a watched clock never moves.",
    "Absence makes the heart grow fonder.",
    "Actions speak louder than words.",
    "All roads lead somewhere to those who keep walking.",
    "An open door asks no questions.",
    "Better a small fire that warms than a large one that burns.",
    "Better late than never, and better early than late.",
    "Birds of a feather flock together.",
    "Constant dripping wears away the stone.",
    "Every cloud has a silver lining.",
    "Every garden was once a patch of mud.",
    "Fortune favours the bold.",
    "Good tea takes the time that good tea takes.",
    "Great oaks from little acorns grow.",
    "He who asks is a fool for a minute; he who does not is a fool for life.",
    "If the map and the ground disagree, trust the ground.",
    "In the middle of the forest, every direction is the way out.",
    "It takes two to make a bargain and one to keep it.",
    "Least said, soonest mended.",
    "Listen twice, speak once.",
    "Little strokes fell great oaks.",
    "Look after the mornings, and the evenings look after themselves.",
    "Make hay while the sun shines.",
    "Many hands make light work.",
    "Measure twice, cut once.",
    "Necessity is the mother of invention.",
    "No one ever tidied a desk by looking at it.",
    "Old friends and old wine are best.",
    "Practice makes perfect, and patience makes practice possible.",
    "Rain does not fall on one roof alone.",
    "Slow and steady wins the race.",
    "Still waters run deep.",
    "The best time to plant a tree was twenty years ago; the second best is now.",
    "The early bird catches the worm, but the second mouse gets the cheese.",
    "The longest way round is often the shortest way home.",
    "The moon is seen best by those who stay up for it.",
    "The well-trodden path was once somebody's detour.",
    "Tomorrow's bread is baked with today's flour.",
    "Well begun is half done.",
    "Where there is a will, there is a way.",
    "Who plants pears plants them for his heirs.",
    "You can borrow a ladder, but you have to climb it yourself.",
)
"""Proverbs, old ones and new ones; Ayrshare's own quotes are not public (inferred)."""

_RANDOM = "https://img.ayrshare.com/random"
RANDOM_IMAGES = tuple(f"{_RANDOM}/photo{number}.jpg" for number in range(1, 11))
"""What `randomMediaUrl` chooses from (inferred)."""
RANDOM_LANDSCAPE_VIDEOS = tuple(f"{_RANDOM}/landscape{number}.mp4" for number in range(1, 6))
RANDOM_PORTRAIT_VIDEOS = tuple(f"{_RANDOM}/portrait{number}.mp4" for number in range(1, 6))
"""What it chooses from with `isLandscapeVideo` and `isPortraitVideo`.

The addresses are like one that the documentation shows, `/random/portrait5.mp4` (documented).
"""

SHORT_LINKS = "https://ayrs.io/"
"""The address of short links (reference)."""
UNSPLASH = "https://images.unsplash.com/photo-"
"""The address of pictures on Unsplash (public-code)."""
DEFAULT_HASHTAGS = 2
"""How many hashtags `autoHashtag` adds at most by default (documented)."""
