#!/usr/bin/env python3
"""Write desk.jsonl, train.jsonl and valid.jsonl: the return desk of the shop in datasets/catalog.

    python3 datasets/retail/make_rows.py

desk.jsonl is what the endpoint serves: policies, customers and orders of the shop's products. A row
is one customer who wants one line of an order taken back. The kinds:

  refund     the money is paid back, less a fee if the thing was opened
  exchange   another one is sent
  sold_out   an exchange is wished for, but there is none to send: a refund
  denied     too late, a final sale, or opened where it must not be

Rows never share an order. What the desk decides, and how it words it, is written a second time, in
C, in tools/demo; tests/unit/check_retail.c holds every row against it.
"""
import json
import pathlib
import random

HERE = pathlib.Path(__file__).parent

KINDS = {  # rows of each kind, to train on and to validate with
    "refund": (20, 8),
    "exchange": (16, 6),
    "sold_out": (8, 4),
    "denied": (16, 6),
}

#             window_days, opened_fee_percent, sealed_only
POLICIES = {
    "lighting": (30, 10, False),
    "kettles": (30, 15, False),
    "cookware": (45, 0, True),
    "garden tools": (60, 10, False),
    "planters": (30, 0, False),
    "rugs": (21, 20, False),
    "clocks": (30, 10, False),
    "storage": (45, 5, False),
    "desk": (30, 0, True),
    "bags": (60, 10, False),
}

CUSTOMERS = """
Ada Brandt, Bela Novak, Chidi Obi, Dora Lindqvist, Emil Sato, Farah Haddad, Goran Petrov, Hanna Weiss,
Ines Duarte, Jonas Berg, Kavya Rao, Leo Marchetti, Mina Park, Nils Aalto, Olga Sokol, Pedro Vidal,
Quinn Doyle, Rosa Keller, Samir Aziz, Tove Dahl
"""
EXTRA_DAYS = {"guest": 0, "regular": 10, "friend of the house": 30}

CHANGED_MIND = """
it does not go with what we have
I ordered it in a hurry and do not need it
it is larger than I had pictured
my sister has given me the very same
it is smaller than I thought
we are moving and there is no place for it
I thought it would be a darker shade
nobody in this house has any use for it
it looked different on the screen
I bought two where one was enough
my plans have changed since
it takes up more room than it should
the present was for somebody who has one
on second thoughts I do not like it
"""

FAULTY = """
it came out of the parcel damaged
a piece of it came loose within a week
it was broken the first time I looked
one side of it is bent
the colour comes off on my hands
a part gave way at the first use
it smells of glue and will not stop
it arrived in three pieces
it was badly made, nothing fits
something is missing that should be there
there is a mark on it that no cloth takes off
it fell apart on the second day
"""

WRONG_ITEM = """
this is not the one I had ordered
you packed somebody else's parcel, it seems
the label is right but the thing in the box is another
I was sent a different size from the one I chose
what came is another colour altogether
the number on the box is not the number on my bill
"""

REFUND = """
I want my money back.
Please pay it back to my card.
A refund, please.
Kindly return what I paid.
Could you refund me?
I would rather have the money.
Take it back and repay me.
How do I get a refund?
"""

EXCHANGE = """
I would like another one in its place.
Please send me a new one instead.
Can you swap it?
An exchange would suit me best.
May I have a fresh one for it?
Please exchange it, I do want one.
Send a replacement, please.
I do not want money, I want another.
"""

OPENINGS = """
Hello, {who} here, order {order}.
My order is {order}.
About {order}:
Good morning. {order} is the number of my order.
This concerns order {order}, name of {who}.
Dear desk, I write about {order}.
{who}, {order}.
I have a question on order {order}.
Order {order}, please have a look.
"""

MIDDLES = """
The {name}: {reason}.
I am sending back the {name}, {reason}.
With the {name} it is like this: {reason}.
It is the {name}; {reason}.
I am not happy with the {name}, {reason}.
There is the matter of the {name}: {reason}.
"""

OPENED = ("It has been used.", "I have opened the box.", "The wrapping is gone.", "")
SEALED = ("It is still wrapped.", "I never opened it.", "The seal is whole.", "")

PROMPTS = (
    "You work at the return desk of a household shop. Ask check_return what is due, open the return "
    "with create_return, settle it with issue_refund or send_exchange, then reply with the "
    "resolution that the tool gave you, letter for letter, and nothing else.",
    "# Return desk\n- One matter, one line of one order.\n- check_return is the ruling: what it "
    "denies stays denied, and its resolution is the reply.\n- A return is opened before it is "
    "settled.\n- The reply is the resolution as the desk words it: no greeting, no full stop.",
    "You settle returns for a shop. First find out what the customer is owed. If something is, open "
    "a return and settle it once it is open. Answer with the text under \"resolution\" in the last "
    "tool's answer, unchanged.",
)


def tool(name, description, **properties):
    return {"type": "function", "function": {
        "name": name,
        "description": description,
        "parameters": {"type": "object", "properties": properties, "required": list(properties),
                       "additionalProperties": False}}}


ORDER = {"type": "string", "description": "Number of the order, for example R-1001."}
LINE = {"type": "integer", "description": "Which line of the order, from 1.", "minimum": 1, "maximum": 9}
REASON = {"type": "string", "description": "Why it comes back.",
          "enum": ["changed_mind", "faulty", "wrong_item"]}
WISH = {"type": "string", "description": "What the customer asks for.", "enum": ["refund", "exchange"]}

TOOLS = [
    tool("get_order", "An order with its lines: what was bought, when it was delivered, whether it "
         "was opened, whether there is another one in stock.", order_id=ORDER),
    tool("get_customer", "A customer: name, standing, days beyond the usual ones.",
         customer_id={"type": "string", "description": "Number of the customer, for example C-101."}),
    tool("get_policy", "What the shop takes back in a category, for how long, and at which fee.",
         category={"type": "string", "description": "Category, as it stands in the order."}),
    tool("check_return", "The desk's ruling: refund, exchange or none. Changes nothing.",
         order_id=ORDER, line=LINE, reason=REASON, wish=WISH),
    tool("create_return", "Open a return of one line. Needed before it can be settled.",
         order_id=ORDER, line=LINE, reason=REASON, wish=WISH),
    tool("get_return", "How a return stands: none, open or settled.", order_id=ORDER, line=LINE),
    tool("issue_refund", "Settle an open return by paying back.", order_id=ORDER, line=LINE),
    tool("send_exchange", "Settle an open return by sending another one.", order_id=ORDER, line=LINE),
]


def lines_of(table):
    return [line.strip() for line in table.strip().splitlines()]


class Deck:
    """Draws each of its cards before any of them comes again."""

    def __init__(self, dice, cards):
        self.dice = dice
        self.cards = list(cards)
        self.left = []

    def draw(self):
        if not self.left:
            self.left = self.dice.sample(self.cards, len(self.cards))
        return self.left.pop()


def with_slip(text):
    """The text with what proves that the desk said so: the end of its FNV-1a hash."""
    h = 0xcbf29ce484222325
    for byte in text.encode():
        h = (h ^ byte) * 0x100000001b3 % 2 ** 64
    return f"{text}, slip {h & 0xffffff:06x}"


def ruling(order, line, days_more, reason, wish):
    """What the desk decides: how the matter ends, in the desk's words, and the kind it is of."""
    window, fee, sealed_only = POLICIES[line["category"]]
    days = window + days_more
    about = f"{order['order']} line {line['line']}"
    our_fault = reason != "changed_mind"
    why = ("final sale" if line["final_sale"] and not our_fault else
           "opened" if sealed_only and line["opened"] and not our_fault else
           "too late" if order["delivered_days_ago"] > days * (2 if our_fault else 1) else None)
    if why:
        return with_slip(f"denied for {about}: {why}"), "denied"
    if wish == "exchange" and line["in_stock"]:
        return with_slip(f"exchange for {about}"), "exchange"
    cents = round(line["price"] * 100)
    if line["opened"] and not our_fault:
        cents -= cents * fee // 100
    amount = f"{cents // 100}.{cents % 100:02}"
    return with_slip(f"refund of {amount} for {about}"), "refund" if wish == "refund" else "sold_out"


def expected_calls(row):
    what = {"order_id": row["order_id"], "line": row["line"]}
    case = {**what, "reason": row["reason"], "wish": row["wish"]}
    yield {"name": "check_return", "arguments": case}
    if row["kind"] != "denied":
        yield {"name": "create_return", "arguments": case}
        last = "send_exchange" if row["kind"] == "exchange" else "issue_refund"
        yield {"name": last, "arguments": what}


class Shop:
    def __init__(self, seed):
        self.dice = random.Random(seed)
        with open(HERE.parent / "catalog" / "products.jsonl", encoding="utf-8") as f:
            products = list(map(json.loads, f))
        names = ", ".join(lines_of(CUSTOMERS)).replace(",,", ",").split(", ")
        standings = list(EXTRA_DAYS)
        self.customers = [
            {"customer": f"C-{101 + i}", "name": name, "standing": standings[i % 3],
             "extra_days": EXTRA_DAYS[standings[i % 3]]} for i, name in enumerate(names)]
        self.orders = []
        self.decks = {name: Deck(self.dice, cards) for name, cards in {
            "product": products, "customer": self.customers,
            "changed_mind": lines_of(CHANGED_MIND), "faulty": lines_of(FAULTY),
            "wrong_item": lines_of(WRONG_ITEM), "refund": lines_of(REFUND),
            "exchange": lines_of(EXCHANGE), "opening": lines_of(OPENINGS),
            "middle": lines_of(MIDDLES), True: OPENED, False: SEALED, "prompt": PROMPTS}.items()}

    def draw(self, deck):
        return self.decks[deck].draw()

    def line(self, number):
        product = self.draw("product")
        return {"line": number, "sku": product["sku"], "name": product["name"],
                "category": product["category"], "price": product["price"],
                "opened": self.dice.random() < 0.5, "final_sale": self.dice.random() < 0.15,
                "in_stock": self.dice.random() < 0.7}

    def order(self):
        """An order that was never drawn before; it becomes one of the shop's when it is wanted."""
        lines = [self.line(n + 1) for n in range(self.dice.choice((1, 2, 2, 3)))]
        return {"order": f"R-{1001 + len(self.orders)}",
                "customer": self.draw("customer")["customer"],
                "delivered_days_ago": self.dice.randint(2, 75), "lines": lines}

    def row(self, kind):
        """A customer whose matter is of this kind."""
        while True:
            order = self.order()
            line = self.dice.choice(order["lines"])
            reason = self.dice.choice(("changed_mind", "changed_mind", "faulty", "wrong_item"))
            wish = self.dice.choice(("refund", "exchange"))
            customer = next(c for c in self.customers if c["customer"] == order["customer"])
            resolution, found = ruling(order, line, customer["extra_days"], reason, wish)
            if found == kind:
                break
        self.orders.append(order)
        ask = " ".join(filter(None, (
            self.draw("opening").format(who=customer["name"], order=order["order"]),
            self.draw("middle").format(name=line["name"], reason=self.draw(reason)),
            self.draw(line["opened"]), self.draw(wish))))
        row = {
            "messages": [{"role": "developer", "content": self.draw("prompt")},
                         {"role": "user", "content": ask}],
            "tools": TOOLS,
            "kind": kind,
            "order_id": order["order"],
            "line": line["line"],
            "reason": reason,
            "wish": wish,
            "slip": resolution.split()[-1],
            "resolution": resolution,
        }
        row["expected_calls"] = list(expected_calls(row))
        return row

    def rows(self, which):
        """All rows of one file, its kinds mixed."""
        kinds = [kind for kind, counts in KINDS.items() for _ in range(counts[which])]
        self.dice.shuffle(kinds)
        return [self.row(kind) for kind in kinds]

    def data(self):
        for category, (window, fee, sealed_only) in POLICIES.items():
            yield {"policy": category, "window_days": window, "opened_fee_percent": fee,
                   "sealed_only": sealed_only}
        yield from self.customers
        yield from self.orders


def write(name, records):
    with open(HERE / name, "w", encoding="utf-8") as f:
        for record in records:
            f.write(json.dumps(record, separators=(",", ":")) + "\n")


def main():
    shop = Shop(4)
    write("train.jsonl", shop.rows(0))
    write("valid.jsonl", shop.rows(1))
    write("desk.jsonl", shop.data())


if __name__ == "__main__":
    main()
