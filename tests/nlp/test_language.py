import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.folding import READ_UP_TO, clean, fold
from nlp.language import LANGUAGES, Language, detect_language

ENGLISH = """hi|hello?|ok|okkkk|thx|TYSM thank u|yes please|price?|refund pls|wheres my stuff
i wnat to cncel my order|do u ship to france|how much for 2 lattes|r u open|Nike Air Max size 9
is Juan in today|plz help|can I pay by card|table for 4 at 7pm|lol|unsubscribe|it's broken|k
hola do you speak english|Is the croissant vegan?|haha|do you have iPhone 15?|not happy|wtf
Where's my order #12345?|see you in San Francisco|any gel nails on Saturday|hiiii"""

CHINESE = """你好|在吗|嗯|請問幾點開門？|唔該幾多錢|有冇現貨|iPhone 15 Pro Max 有货吗
Nike Air Force 1 有42码吗|这个app打不开|发货了没|看看 https://shop.example/latin/words/in/a/link"""

OTHERS = {
    "es": "gracias|buenas tardes|¿dónde está mi pedido?|donde esta mi paquete|cuanto cuesta el "
    "envio|quiero devolver esto|tienen talla 38?|no funciona|está roto|hola|me pueden llamar?",
    "fr": "merci|bonjour|où est ma commande ?|je veux un remboursement|combien ca coute|c'est "
    "cassé|svp répondez|j'attends toujours mon colis|avez-vous la taille M|quels sont vos horaires",
    "de": "danke|guten Tag|wo ist mein Paket|ich möchte mein Geld zurück|was kostet das|wann habt "
    "ihr geöffnet|das ist kaputt|bitte um Rückruf|Lieferung nach Wien möglich?|nein danke",
    "pt": "obrigada|bom dia|onde está meu pedido|vocês entregam em casa?|quero meu dinheiro de "
    "volta|está quebrado|oi tudo bem|que horas vocês abrem|tem tamanho 40?|não chegou ainda",
    "it": "ciao|grazie|buongiorno|quanto costa|dov'è il mio ordine|vorrei un rimborso|siete aperti "
    "domenica?|è rotto|non è arrivato|posso pagare con carta",
    "nl": "dank je wel|goedemorgen|waar is mijn bestelling|hoeveel kost dit|ik wil mijn geld terug",
    "tr": "merhaba|teşekkürler|siparişim nerede|ne kadar|iade istiyorum|bozuk geldi|iyi günler",
    "pl": "dzień dobry|dziękuję|gdzie jest moja paczka|ile to kosztuje|chcę zwrot|nie działa",
    "vi": "xin chào|cảm ơn|bao nhiêu tiền|shop ơi còn hàng không|mấy giờ mở cửa|cho mình hỏi giá",
    "id": "terima kasih|selamat pagi|berapa harganya kak|pesanan saya di mana|jam berapa buka",
    "ru": "привет|спасибо|где мой заказ|сколько стоит",
    "uk": "дякую|де моє замовлення?|скільки коштує доставка",
    "ja": "これはいくらですか|ありがとうございます|営業時間を教えてください|注文した商品",
    "ko": "안녕하세요|얼마예요?|주문한 거 언제 와요",
    "ar": "مرحبا|كم السعر|أين طلبي",
    "am": "ሰላም|ዋጋው ስንት ነው",
}


def _messages(lines: str) -> list[str]:
    return lines.replace("\n", "|").split("|")


def test_short_english_is_certainly_english() -> None:
    detected = {message: detect_language(message, "zh") for message in _messages(ENGLISH)}

    assert detected == dict.fromkeys(detected, Language("en", certain=True, detected="en"))


def test_chinese_with_a_brand_name_is_certainly_chinese_in_either_script() -> None:
    detected = {message: detect_language(message, "en") for message in _messages(CHINESE)}

    assert detected == dict.fromkeys(detected, Language("zh", certain=True, detected="zh"))


@pytest.mark.parametrize("code", OTHERS)
@pytest.mark.parametrize("fallback", LANGUAGES)
def test_another_language_falls_back_and_is_named(code: str, fallback: str) -> None:
    detected = {message: detect_language(message, fallback) for message in _messages(OTHERS[code])}

    assert detected == dict.fromkeys(detected, Language(fallback, certain=False, detected=code))


@pytest.mark.parametrize("message", ["", "👍👍", "/start", "12345", "…?!", "Adidas Samba"])
@pytest.mark.parametrize("fallback", LANGUAGES)
def test_what_no_word_tells_falls_back_and_names_nothing(message: str, fallback: str) -> None:
    assert detect_language(message, fallback) == Language(fallback, certain=False)


@pytest.mark.parametrize("message", ["ni hao", "xie xie", "duoshao qian", "zai ma"])
def test_pinyin_is_chinese_but_not_for_certain(message: str) -> None:
    assert detect_language(message, "en") == Language("zh", certain=False, detected="zh")


@pytest.mark.parametrize(
    ("message", "code"), [("我要refund", "zh"), ("Do you have 小笼包 today?", "en")]
)
def test_a_mixture_is_not_certain(message: str, code: str) -> None:
    assert detect_language(message, "en") == Language(code, certain=False, detected=code)


@given(st.text())
def test_any_text_has_a_language_to_answer_in(message: str) -> None:
    language = detect_language(message, "zh")

    assert language.code in LANGUAGES
    assert not language.certain or language.detected == language.code


@given(st.text())
def test_folding_twice_changes_nothing_more_in_traditional_and_full_width(message: str) -> None:
    assert len(clean(message)) <= READ_UP_TO
    assert fold("退貨ＡＢＣ　" + message).startswith("退货abc ")


@pytest.mark.parametrize("message", ["I don't", "i DONT", "I don’t", "I do\u200bn't", "Ｉ don't"])
def test_one_wish_in_several_spellings_folds_to_one_text(message: str) -> None:
    assert fold(message) == "i do not"


def test_traditional_characters_fold_to_simplified() -> None:
    assert fold("東西壞了，還沒退錢，態度惡劣，請問幾點關門？") == fold(
        "东西坏了，还没退钱，态度恶劣，请问几点关门？"
    )
