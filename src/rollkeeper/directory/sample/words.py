"""What names, firms and places are made of."""

from __future__ import annotations

from typing import Final

GIVEN: Final = (
    "Ada", "Aïcha", "Alžběta", "Amélie", "Ana Lucía", "Björn", "Brigid", "Chloë",
    "Dafydd", "Dilnoza", "Émile", "Esperanza", "Farid", "Françoise", "Gunnar",
    "Hélène", "Ingrid", "Ivo", "Jean-Luc", "Jörg", "Kateřina", "Kofi", "Lars",
    "Léa", "Luïza", "Łukasz", "Małgorzata", "Mary Jo", "Mei", "Niamh", "Noël",
    "Núria", "Oisín", "Olaf", "Ömer", "Paloma", "Priya", "Ramón", "Renée", "Rósa",
    "Salma", "Seán", "Søren", "Tadeusz", "Tomás", "Ulrike", "Věra", "Wim", "Yara",
    "Zoë",
)  # fmt: skip

FAMILY: Final = (
    "Abara", "Åkesson", "Álvarez", "Baptiste", "Bäumler", "Brennan", "Castañeda",
    "Chaudhry", "Côté", "D'Amico", "Delacroix-Roy", "Dvořák", "Eriksdóttir",
    "Fitzgerald", "Fourie", "García Peña", "Głowacki", "Grünwald", "Hollister",
    "Ibarra", "Jokinen", "Kessler", "Kovačević", "Lafrenière", "Lindqvist",
    "Magalhães", "McAllister", "Møller", "Muñoz", "Nakamura", "Nguyễn", "O'Dwyer",
    "Okafor", "Østergaard", "Papadakis", "Quiñones", "Råberg", "Rousseau",
    "Šimůnek", "St. Clair", "Strauß", "Tremblay", "Underhill", "van der Berg",
    "Vásquez", "Whitcombe", "Yücel", "Zając", "Zimmermann", "Zúñiga",
)  # fmt: skip

TRADES: Final = (
    "Bakery", "Boatyard", "Books", "Brewing", "Café", "Carpentry", "Catering",
    "Credit Union", "Dental", "Electric", "Farms", "Fitness", "Florists", "Gallery",
    "Hardware", "Health", "Hotel", "Insurance", "Landscaping", "Law", "Logistics",
    "Marina", "Media", "Optics", "Outfitters", "Plumbing", "Printing", "Realty",
    "Roofing", "Savings Bank", "School", "Solar", "Theatre", "Veterinary", "Winery",
)  # fmt: skip

FORMS: Final = (
    "",
    "",
    "Inc.",
    "LLC",
    "& Sons",
    "and Daughters",
    "Group",
    "GmbH",
    "S.A.",
)

TOWNS: Final = (
    "Harbor Point", "Lac-Sainte-Élise", "Nueva Vista", "Old Ferry", "Port Märchen",
    "Quarry Hill", "Saint-Aubin", "Three Bridges", "Upper Mill", "West Landing",
)  # fmt: skip

TITLES: Final = (
    "", "", "Owner", "President & CEO", "Executive Director", "Marketing Manager",
    "Vice President, Operations", "Sales", "Office manager ", "Géomètre",
    'Director, "Friends of the Harbor"', "Sous-chef", "Partner", "Bookkeeper",
)  # fmt: skip

TYPES: Final = ("Platinum", "Gold", "Silver", "Bronze", "Nonprofit", "Individual")

LISTS: Final = (
    # name, kind, sync, and how many of a hundred contacts are on it
    ("Harbor Dispatch", "group", True, 45),
    ("Board of Directors", "committee", True, 2),
    ("Événements", "list", True, 14),
    ("Advocacy & Public Policy", "committee", True, 8),
    ('"Coffee & Contacts" mornings', "group", True, 12),
    ("Roll Call – Members Only", "list", True, 25),  # noqa: RUF001 (typed so in life)
    ("Welcome Crew", "committee", True, 3),
    ("Under Forty", "committee", True, 7),
    ("Women Who Lead", "committee", True, 6),
    ("Makers & Manufacturers", "committee", False, 5),
    ("Visitor Economy", "committee", True, 4),
    ("Regatta Day", "group", True, 9),
    ("Leadership Year", "committee", True, 3),
    ("Grand Openings", "group", True, 10),
    ("Charities' Table", "committee", True, 5),
    ("Schools & Apprentices", "committee", True, 6),
    ("Healthy Workplaces", "committee", True, 5),
    ("Shops on Main Street", "group", True, 7),
    ("Waterfront Merchants' Association", "group", True, 6),
    ("Sponsors", "list", True, 2),
    ("Former Presidents", "list", False, 1),
    ("Vacancies by mail", "list", True, 11),
    ("Safety at Work", "group", True, 3),
    ("Farms, Food and Fisheries", "committee", True, 4),
)
