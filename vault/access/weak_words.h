#pragma once

namespace cardvault {

/// Words and numbers that people in China use in passwords and that zxcvbn's English dictionary
/// lacks. The list holds lucky and sound-alike numbers, pinyin of common phrases, family names,
/// names of services, and Chinese characters. The most common come first, because zxcvbn uses the
/// position in the list as the number of guesses. All words are in lower case; zxcvbn also finds
/// them in upper case and leet spelling.
///
/// The list has the form that ZxcvbnMatch() needs: it ends with a null pointer and lives as long as
/// the program. To add a word, add it to the list in the source.
[[nodiscard]] const char** weak_words();

}  // namespace cardvault
