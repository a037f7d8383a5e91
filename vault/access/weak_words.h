#pragma once

namespace cardvault {

/// Words and numbers that people in China put into passwords and that zxcvbn's English dictionary
/// lacks: lucky and sound-alike numbers, pinyin of common phrases, family names, names of services,
/// and Chinese characters. The commonest come first, because zxcvbn takes the place in the list for
/// the number of guesses. Small letters; zxcvbn looks for them in any case and leet spelling.
///
/// In the form ZxcvbnMatch() wants: ends with a null pointer, lives as long as the program. To add
/// a word, add it to the list in the source.
[[nodiscard]] const char** weak_words();

}  // namespace cardvault
