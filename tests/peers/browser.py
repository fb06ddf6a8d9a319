"""A browser reduced to what signing in needs: pages, cookies, redirects and forms.

It knows standard HTML forms and nothing of anybody's markup: it fills fields by their types and names, presses
buttons by what is written on them, and sends what a browser sends (RFC 6265 cookies, Origin, Referer).
"""

import re
from html.parser import HTMLParser
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit, urlunsplit

import requests

AGREE = re.compile(r"\b(authori[sz]e|allow|approve|accept|agree|grant|yes|continue)\b", re.IGNORECASE)
REFUSE = re.compile(r"\b(deny|refuse|reject|cancel|decline|no|sign out|log out)\b", re.IGNORECASE)
NATIVE = "urn:ietf:wg:oauth:2.0:oob"


class Field:
    """One named control of a form."""

    def __init__(self, kind, attributes, value):
        self.kind = kind
        self.name = attributes.get("name")
        self.value = value
        self.attributes = attributes
        self.text = ""

    @property
    def label(self):
        """What a person reads on a button."""
        return " ".join((self.text or self.value or self.attributes.get("aria-label") or "").split())


class Form:
    """A form of a page: where it goes and its controls."""

    def __init__(self, attributes):
        self.attributes = attributes
        self.fields = []
        self.buttons = []

    def has(self, kind):
        """Whether a control of this type is there."""
        return any(field.kind == kind for field in self.fields)


class _Reader(HTMLParser):
    """Collects the forms and the visible text of a page."""

    HIDDEN = ("script", "style", "template", "title")

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.forms = []
        self.words = []
        self._form = None
        self._button = None
        self._area = None
        self._select = None
        self._hidden = 0

    def handle_starttag(self, tag, attrs):
        attributes = {name: value or "" for name, value in attrs}
        if tag in self.HIDDEN:
            self._hidden += 1
        if tag == "form":
            self._form = Form(attributes)
            self.forms.append(self._form)
        elif tag == "input":
            self._input(attributes)
        elif tag == "button":
            kind = attributes.get("type", "submit").lower()
            self._button = Field(kind, attributes, attributes.get("value", ""))
            owner = self._owner(attributes)
            if owner is not None and kind == "submit" and "disabled" not in attributes:
                owner.buttons.append(self._button)
        elif tag == "textarea":
            self._area = Field("textarea", attributes, "")
            self._add(self._area)
        elif tag == "select":
            self._select = Field("select", attributes, None)
            self._add(self._select)
        elif tag == "option" and self._select is not None:
            if self._select.value is None or "selected" in attributes:
                self._select.value = attributes.get("value", "")

    def _input(self, attributes):
        kind = attributes.get("type", "text").lower()
        field = Field(kind, attributes, attributes.get("value", ""))
        if kind in ("submit", "image"):
            owner = self._owner(attributes)
            if owner is not None and "disabled" not in attributes:
                owner.buttons.append(field)
        elif kind in ("checkbox", "radio"):
            if "checked" in attributes:
                field.value = attributes.get("value", "on")
                self._add(field)
        elif kind not in ("button", "reset"):
            self._add(field)
            self.words.append(field.value)

    def _owner(self, attributes):
        wanted = attributes.get("form")
        if wanted:
            return next((form for form in self.forms if form.attributes.get("id") == wanted), None)
        return self._form

    def _add(self, field):
        owner = self._owner(field.attributes)
        if owner is not None and "disabled" not in field.attributes:
            owner.fields.append(field)

    def handle_endtag(self, tag):
        if tag in self.HIDDEN:
            self._hidden = max(0, self._hidden - 1)
        if tag == "form":
            self._form = None
        elif tag == "button":
            self._button = None
        elif tag == "textarea":
            self._area = None
        elif tag == "select":
            self._select = None

    def handle_data(self, data):
        if self._hidden:
            return
        if self._button is not None:
            self._button.text += data
        if self._area is not None:
            self._area.value += data
        self.words.append(data)


class Page:
    """A page as it was answered: its address, status, forms and text."""

    def __init__(self, address, answer):
        self.address = address
        self.status = answer.status_code
        self.headers = answer.headers
        reader = _Reader()
        reader.feed(answer.text)
        reader.close()
        self.forms = reader.forms
        self.text = " ".join(" ".join(reader.words).split())

    def describe(self):
        """A short account of the page for a failure message."""
        return f"{self.address} answered {self.status}: {self.text[:300]!r}"


class Browser:
    """Keeps cookies from page to page. `certificates` is a PEM file of authorities to trust for https."""

    def __init__(self, certificates=None):
        self.home = None
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.headers["User-Agent"] = "Mozilla/5.0 (checks of the sign-in pages)"
        self.session.headers["Accept"] = "text/html,application/xhtml+xml"
        if certificates:
            self.session.verify = certificates

    def open(self, address, referer=None):
        """Gets a page, following redirects."""
        headers = {"Referer": referer} if referer else {}
        return self._follow("GET", address, None, headers)

    def submit(self, page, form, values=None, button=None):
        """Submits a form as if its fields had been filled with `values` (by field name) and the button pressed."""
        pairs = []
        for field in form.fields:
            if field.name:
                value = (values or {}).get(field.name, field.value)
                pairs.append((field.name, value if value is not None else ""))
        overrides = button.attributes if button is not None else {}
        if button is not None and button.name:
            pairs.append((button.name, button.value))
        target = urljoin(page.address, overrides.get("formaction") or form.attributes.get("action") or page.address)
        method = (overrides.get("formmethod") or form.attributes.get("method") or "get").upper()
        headers = {"Referer": page.address}
        if method == "GET":
            parts = urlsplit(target)
            return self._follow("GET", urlunsplit(parts._replace(query=urlencode(pairs))), None, headers)
        here = urlsplit(page.address)
        headers["Origin"] = f"{here.scheme}://{here.netloc}"
        headers["Sec-Fetch-Site"] = "same-origin"
        headers["Sec-Fetch-Mode"] = "navigate"
        return self._follow("POST", target, pairs, headers)

    def come_back(self, address, email, password, home):
        """Opens an authorisation address, signs in, consents, and returns the address below `home` to which the
        client is sent back: a custom scheme, or the client's own site, which is not asked."""
        self.home = home
        page = self.open(address)
        if not page.address.startswith(home) and any(form.has("password") for form in page.forms):
            page = self._sign_in(page, email, password)
        if not page.address.startswith(home):
            page = self._consent(page)
        if not page.address.startswith(home):
            raise AssertionError(f"not sent back to {home} but to {page.describe()}")
        return page.address

    def _follow(self, method, address, pairs, headers):
        for _ in range(10):
            answer = self.session.request(
                method, address, data=pairs, headers=headers, allow_redirects=False, timeout=30
            )
            if answer.status_code not in (301, 302, 303, 307, 308):
                return Page(address, answer)
            target = urljoin(address, answer.headers["Location"])
            is_home = self.home is not None and target.startswith(self.home)
            if is_home or urlsplit(target).scheme not in ("http", "https"):
                return Page(target, answer)
            if answer.status_code in (301, 302, 303):
                method, pairs = "GET", None
                headers = {name: value for name, value in headers.items() if name == "Referer"}
            address = target
        raise AssertionError(f"more than 10 redirects, the last to {address}")

    def authorise(self, address, email, password):
        """Opens an authorisation address, signs in, consents, and returns the out-of-band code and its page."""
        page = self.open(address)
        if any(form.has("password") for form in page.forms):
            page = self._sign_in(page, email, password)
        code = _native_code(page)
        if code is None:
            page = self._consent(page)
            code = _native_code(page)
        if code is None:
            raise AssertionError(f"no code at the end of signing in: {page.describe()}")
        if code not in page.text:
            raise AssertionError(f"the code is in the address but cannot be read on the page: {page.describe()}")
        return code, page

    def _sign_in(self, page, email, password):
        form = next(form for form in page.forms if form.has("password"))
        values = {}
        for field in form.fields:
            if field.kind == "password":
                values[field.name] = password
            elif field.kind in ("email", "text") and field.name not in values and not field.value:
                values[field.name] = email
        after = self.submit(page, form, values, form.buttons[0] if form.buttons else None)
        if after.status >= 400 or any(form.has("password") for form in after.forms):
            raise AssertionError(f"signing in did not succeed: {after.describe()}")
        return after

    def _consent(self, page):
        for form in page.forms:
            for button in form.buttons:
                if AGREE.search(button.label) and not REFUSE.search(button.label):
                    return self.submit(page, form, button=button)
        labels = [button.label for form in page.forms for button in form.buttons]
        raise AssertionError(f"no button that consents among {labels}: {page.describe()}")


def _native_code(page):
    """The code in the address of the out-of-band page (`/oauth/authorize/native?code=…`), if this is that page."""
    parts = urlsplit(page.address)
    if not parts.path.rstrip("/").endswith("/oauth/authorize/native") or page.status != 200:
        return None
    return (parse_qs(parts.query).get("code") or [None])[0]
