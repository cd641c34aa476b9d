"""What countries are called in their own languages: the scripts and orthographies that the book must set."""

OWN_NAMES = {
    "AFG": "افغانستان", "ARE": "الإمارات العربية المتحدة", "ARM": "Հայաստան", "AZE": "Azərbaycan",
    "BEN": "Benɛ (Fɔngbè)", "BGD": "বাংলাদেশ ব্র্যাক শিক্ষা", "BHR": "البحرين", "BTN": "འབྲུག་ཡུལ",
    "BFA": "Burkĩna Faso", "BOL": "Puliwya (Qullasuyu) ñ", "BRA": "Brasil, São João", "CHN": "中华人民共和国",
    "CIV": "Kodivuwa ɛ ɔ", "CMR": "Kàmàrûm, ɓɨŋ̂", "COD": "Kongó ya Demokalasí ɛ́", "DJI": "جيبوتي Jabuuti",
    "DZA": "الجزائر ⵍⵣⵣⴰⵢⴻⵔ", "EGY": "مصر (القاهرة) 12", "ERI": "ኤርትራ", "ETH": "ኢትዮጵያ", "GEO": "საქართველო",
    "GHA": "Eʋegbe: Ghana ƒe ɖekawɔwɔ ŋutɔ ɛ̃", "GIN": "ߖߌ߬ߣߍ 𞤘𞤭𞤲𞤫", "HKG": "香港", "HTI": "Ayiti, òganizasyon",
    "IND": "भारत শিক্ষা ਪੰਜਾਬ ગુજરાત ଓଡ଼ିଶା தமிழ்நாடு తెలుగు ಕರ್ನಾಟಕ", "IRN": "ایران می‌خواهد",
    "IRQ": "العراق ئێراق", "JOR": "الأردن", "KAZ": "Қазақстан", "KGZ": "Кыргызстан", "KHM": "កម្ពុជា",
    "KWT": "الكويت", "LAO": "ປະເທດລາວ", "LBN": "لبنان", "LBR": "ꕞꔤꔫꕩ", "LBY": "ليبيا",
    "LKA": "ශ්‍රී ලංකාව இலங்கை", "MAR": "ⵍⵎⵖⵔⵉⴱ المغرب", "MDV": "ދިވެހިރާއްޖެ", "MLI": "Maali, ߡߊ߬ߟߌ",
    "MMR": "မြန်မာ", "MNG": "Монгол Улс", "MRT": "موريتانيا", "NER": "Nijar, ƙasa ɗa ƴanci",
    "NGA": "Orílẹ̀-èdè Nàìjíríà, Ẹ̀kọ́ ọ̀fẹ́", "NPL": "नेपाल र्‍याङ्क", "OMN": "عمان", "PAK": "پاکستان ٹیکسلا",
    "PER": "Piruw, Ñuqanchik", "PRK": "조선민주주의인민공화국", "PRY": "Paraguái, Tetã ñemoarandu g̃uarã ỹ",
    "PSE": "فلسطين", "QAT": "قطر", "SAU": "السعودية", "SDN": "السودان", "SEN": "Senegaal, ñu ŋ",
    "SGP": "新加坡 சிங்கப்பூர்", "SYR": "سوريا", "TCD": "تشاد", "TGO": "Togo, Eʋe", "THA": "ประเทศไทย",
    "TJK": "Тоҷикистон", "TKM": "Türkmenistan ň ý", "TUN": "تونس", "TUR": "Türkiye ğ ı ş", "UZB": "Oʻzbekiston",
    "VNM": "Việt Nam, giáo dục ở Huế", "WSM": "Sāmoa", "TON": "Fakaʻofoʻanga", "YEM": "اليمن",
}  # fmt: skip
