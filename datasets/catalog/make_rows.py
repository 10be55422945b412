#!/usr/bin/env python3
"""Write train.jsonl and valid.jsonl: questions to the order desk of a household shop.

    python3 datasets/catalog/make_rows.py

Each question below is a line: kind | what a shopper would type into the search box | the sku that
answers it | what the customer asks. The kinds:

  name      the product is called by its name
  feature   it is described; the words are in its description
  budget    it must cost no more than the customer says
  trap      the first hit of the search is not the answer: the cheapest of several is wanted, or one
            that is in stock, or a word stands in another product's name. A policy that takes the
            first hit gets these wrong on purpose; one that reads the answers can get them right.

products.jsonl is written by hand; tests/unit/check_catalog.c counts the questions that a
first-hit policy answers rightly.
"""
import json
import random
import pathlib

HERE = pathlib.Path(__file__).parent

TRAIN = """
name    | Heron desk lamp               | LMP-104 | Which item number does the Heron desk lamp have?
name    | Fell electric kettle mini     | KTL-215 | A customer wants the small Fell kettle, the Mini. Look it up for me.
name    | Forge cast iron griddle       | PAN-309 | I need the Forge griddle, the cast iron one. What is its SKU?
name    | Thorn anvil loppers           | GDN-426 | Please find the Thorn loppers with the anvil blade.
name    | Clay Long Tom planter         | POT-502 | Reordering the Clay Long Tom: give me its number.
name    | Harbour striped runner        | RUG-625 | The Harbour runner with the stripes, please.
name    | Cockerel alarm clock          | CLK-708 | My old Cockerel alarm clock gave up. I want the same again.
name    | Larder bread bin              | BOX-809 | SKU of the Larder bread bin?
name    | Quill fountain pen            | DSK-910 | Send me a Quill fountain pen. Which number is that?
name    | Platform weekend bag          | BAG-034 | Somebody asks about the Platform weekend bag.
name    | Tarn gooseneck kettle         | KTL-201 | Is the Tarn gooseneck kettle in the catalogue? Its SKU, please.
name    | Badger digging spade          | GDN-415 | One Badger spade for digging.
name    | Saltmarsh wool rug            | RUG-603 | The Saltmarsh rug, wool, large: which SKU?
name    | Foxglove mantel clock         | CLK-730 | A Foxglove clock for the mantelpiece.
name    | Tally desk organiser          | DSK-925 | Ordering a Tally organiser for my desk.
feature | clip on reading light battery | LMP-121 | I read in bed and want a small light that clips to the book.
feature | dimmable lamp fabric cord     | LMP-118 | Something dimmable for the bedside, with a fabric cord.
feature | kettle temperature degrees    | KTL-230 | For green tea I need a kettle that can hold 70 degrees.
feature | kettle gas induction hob      | KTL-222 | We cook on gas. Which kettle can stand on the hob?
feature | ridged griddle                | PAN-309 | A plate that is ridged on one side and flat on the other.
feature | pan turning pancakes          | PAN-348 | What do you have for turning pancakes?
feature | prunes roses                  | GDN-420 | I have roses to prune. What should I take?
feature | stainless trowel depth marks  | GDN-401 | A trowel that shows how deep I am digging.
feature | planter reservoir two weeks   | POT-530 | We travel for two weeks at a time. Which planter waters itself?
feature | frost proof planter tree      | POT-524 | A planter for a small tree that can stay outside in frost.
feature | bath mat non slip             | RUG-617 | Something thick and non slip to step on after the bath.
feature | washable cotton corridor      | RUG-625 | For our corridor: long, cotton, and I must be able to wash it.
feature | clock room temperature date   | CLK-716 | A clock that also tells the date and how warm the room is.
feature | airtight glass jars           | BOX-802 | Glass jars that close airtight, for flour and rice.
feature | drawer wheels blankets        | BOX-815 | Where can I put blankets under the bed? On wheels, please.
feature | notebook numbered pages       | DSK-903 | A notebook whose pages are numbered.
feature | monitor stand keyboard        | DSK-918 | My screen is too low, and the keyboard should fit beneath.
feature | satchel laptop sleeve         | BAG-005 | A satchel in canvas with room for a laptop.
feature | backpack rain cover           | BAG-020 | A backpack for hiking, it rains a lot where we go.
budget  | hanging basket                | POT-519 | A hanging basket, lined, for under 20.
budget  | night light                   | LMP-157 | For the nursery: a light that comes on by itself at dusk, under 10.
budget  | kitchen timer                 | CLK-722 | A timer for the kitchen that costs less than 15.
budget  | coir doormat                  | RUG-644 | I will pay up to 20 for a doormat.
budget  | tote bag                      | BAG-012 | A simple bag for the market, no more than 16.
trap    | wall clock                    | CLK-737 | The more expensive of your two wall clocks, please: the one for a bracket.
trap    | electric kettle               | KTL-236 | An electric kettle for travelling. I do not spend more than 25.
trap    | green rug soft                | RUG-610 | I liked the soft green rug, but it must be in stock. Take the cheapest rug above 80 that is.
trap    | pan for soup                  | PAN-327 | I want a pan for soup, ten litres at least.
trap    | heron                         | GDN-433 | Which of your Heron things holds water?
"""

VALID = """
name    | Lantern table lamp            | LMP-118 | SKU for the Lantern table lamp, please.
name    | Beacon whistling kettle       | KTL-222 | Do you still sell the Beacon kettle that whistles?
name    | Lark nonstick frying pan      | PAN-314 | A Lark frying pan, nonstick, 28 cm.
name    | Robin hand fork               | GDN-407 | The hand fork from the Robin range.
name    | Quay window box               | POT-511 | Please look up the Quay window box.
name    | Bracken jute rug              | RUG-610 | I saw a jute rug called Bracken. Its number?
name    | Tide wall clock               | CLK-701 | One Tide clock for the wall.
name    | Magpie tool chest             | BOX-823 | What is the item number of the Magpie tool chest?
name    | Wren laptop stand             | DSK-932 | I would like the Wren stand for my laptop.
name    | Icehouse cool bag             | BAG-041 | The Icehouse cool bag: which SKU?
feature | pendant lamp kitchen island   | LMP-140 | A lamp to hang over our kitchen island.
feature | electric kettle switches off  | KTL-208 | The electric kettle that boils in four minutes and switches itself off.
feature | casserole heavy lid           | PAN-333 | A casserole with a lid heavy enough to baste.
feature | loppers dead branches         | GDN-426 | What cuts dead branches as thick as 4 cm?
feature | succulent pots saucers        | POT-538 | Four little pots with saucers for my succulents.
feature | rug deep pile bare feet       | RUG-631 | A rug with deep pile, for bare feet.
feature | laundry basket cotton liner   | BOX-831 | A laundry basket whose liner comes out.
feature | backpack packs pouch          | BAG-027 | A backpack that packs into its own pouch.
budget  | wall planner                  | DSK-939 | A planner for the office wall, up to 20.
budget  | hand trowel                   | GDN-401 | A trowel for less than 12.50.
trap    | cast iron skillet light       | PAN-314 | Cast iron is too heavy for me. Which frying pan is light?
trap    | quiet clock                   | CLK-701 | A quiet clock. The chiming one is out of stock, so another that makes no noise.
"""

POLICIES = (
    "You answer for the order desk of a household shop. Find the product with search_catalog, "
    "check it with get_by_id, then reply with its SKU and nothing else.",
    "# Order desk\n- Search before you answer.\n- Confirm the product with get_by_id.\n"
    "- The reply is one SKU, such as LMP-104: no sentence, no full stop.",
    "You look things up in a shop's catalogue. Never guess an item number: take it from the tools. "
    "Mind what the customer says about price and stock. Answer with the SKU alone.",
)

TOOLS = [
    {"type": "function", "function": {
        "name": "search_catalog",
        "description": "Search the catalogue by words. The best hits come first.",
        "parameters": {
            "type": "object",
            "properties": {
                "query": {"type": "string", "description": "Words of the name, category, colour or description."},
                "top_k": {"type": "integer", "description": "Hits to return.", "minimum": 1, "maximum": 50, "default": 3},
            },
            "required": ["query"],
            "additionalProperties": False,
        }}},
    {"type": "function", "function": {
        "name": "get_by_id",
        "description": "Everything that is known of one product: price, stock, colour, size, description.",
        "parameters": {
            "type": "object",
            "properties": {"sku": {"type": "string", "description": "Item number, for example LMP-104."}},
            "required": ["sku"],
            "additionalProperties": False,
        }}},
]


def rows(table, products):
    for number, line in enumerate(table.strip().splitlines()):
        kind, query, sku, ask = (part.strip() for part in line.split("|"))
        yield {
            "messages": [
                {"role": "developer", "content": POLICIES[number % len(POLICIES)]},
                {"role": "user", "content": ask},
            ],
            "tools": TOOLS,
            "kind": kind,
            "query": query,
            "sku": sku,
            "category": products[sku]["category"],
            "reference_answer": sku,
        }


def main():
    with open(HERE / "products.jsonl", encoding="utf-8") as f:
        products = {p["sku"]: p for p in map(json.loads, f)}
    for name, table in (("train.jsonl", TRAIN), ("valid.jsonl", VALID)):
        mixed = list(rows(table, products))
        random.Random(4).shuffle(mixed)  # the kinds stand together in the table, not in the file
        with open(HERE / name, "w", encoding="utf-8") as f:
            for row in mixed:
                f.write(json.dumps(row, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
