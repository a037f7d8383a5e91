#include "crypto/keys/seals/share_words.h"

#include <array>

namespace cardvault {
namespace {

constexpr std::array<std::string_view, 256> kWords{
    "acorn",  "agent",  "alarm",  "album",  "amber",  "angel",  "ankle",  "apron",  "arrow",
    "atlas",  "attic",  "autumn", "awning", "badge",  "baker",  "bamboo", "banjo",  "barrel",
    "basket", "beach",  "berry",  "bishop", "border", "bottle", "bread",  "bridge", "brush",
    "bubble", "bucket", "bundle", "butter", "cabin",  "cactus", "camel",  "canoe",  "carpet",
    "castle", "cedar",  "cello",  "chalk",  "cherry", "cider",  "circle", "citrus", "cliff",
    "clock",  "cobalt", "coffee", "comet",  "copper", "coral",  "cotton", "cousin", "crater",
    "crown",  "cymbal", "daisy",  "dancer", "dawn",   "delta",  "doctor", "donkey", "dragon",
    "drum",   "duck",   "eagle",  "earth",  "echo",   "elbow",  "engine", "fabric", "falcon",
    "farmer", "fence",  "fern",   "fiddle", "finger", "flag",   "flute",  "forest", "fossil",
    "frost",  "fruit",  "funnel", "galaxy", "garden", "geyser", "glove",  "goblet", "gravel",
    "guitar", "hammer", "harbor", "hazel",  "hedge",  "helmet", "heron",  "hill",   "honey",
    "horse",  "hotel",  "husky",  "igloo",  "indigo", "insect", "island", "ivory",  "jacket",
    "jaguar", "jewel",  "jigsaw", "jungle", "kayak",  "kernel", "kettle", "kiwi",   "koala",
    "ladder", "lagoon", "laurel", "leaf",   "ledger", "lemon",  "lilac",  "lime",   "lizard",
    "lotus",  "lumber", "lynx",   "magnet", "mango",  "maple",  "marble", "meadow", "melon",
    "meteor", "mirror", "mitten", "moon",   "muffin", "museum", "napkin", "nectar", "needle",
    "nephew", "nickel", "nutmeg", "oasis",  "ocean",  "olive",  "onion",  "opera",  "orange",
    "orbit",  "orchid", "oven",   "oxygen", "oyster", "paddle", "paint",  "palace", "panda",
    "paper",  "parrot", "pearl",  "pebble", "pencil", "pepper", "piano",  "picnic", "pigeon",
    "pillow", "pirate", "planet", "potato", "prism",  "pulley", "puppet", "puzzle", "quarry",
    "queen",  "quilt",  "rabbit", "radar",  "ranger", "recipe", "reef",   "rhino",  "ribbon",
    "river",  "robin",  "root",   "ruby",   "sailor", "sandal", "saturn", "school", "sheep",
    "silver", "siren",  "skate",  "sleigh", "snail",  "snow",   "sofa",   "spark",  "spider",
    "spoon",  "spring", "stable", "stone",  "sugar",  "summer", "sunset", "swan",   "syrup",
    "tablet", "teapot", "temple", "tent",   "throne", "ticket", "tiger",  "timber", "tissue",
    "toast",  "tomato", "train",  "trophy", "tulip",  "tundra", "turkey", "tuxedo", "uncle",
    "urchin", "vacuum", "valve",  "velvet", "vessel", "violin", "voyage", "waffle", "wagon",
    "walnut", "water",  "whale",  "wheat",  "window", "wolf",   "wood",   "yacht",  "yeast",
    "yellow", "yogurt", "zebra",  "zenith"};

}  // namespace

std::string_view share_word(std::uint8_t number) {
  return kWords[number];
}

}  // namespace cardvault
