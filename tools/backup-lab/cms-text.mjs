/**
 * Words, sentences and paragraphs as a CMS stores them, the same for the same seed. Words come as often as in a language
 * (Zipf), so that gzip makes about as much of it as of real articles.
 */

const SYLLABLES = 'ba be bi bo ca ce ci co da de di do en er es fa fi fo ga ge go ha he hi in is la le li lo ma me mi mo na ne ni no on or pa pe po ra re ri ro sa se si so ta te ti to un ur va ve vi wa we za'.split(' ');
const ENDINGS = ['', '', '', 'n', 's', 'ng', 'ed', 'ly', 'tion', 'ment', 'er', 'al'];

/**
 * @param {number} seed
 * @returns {() => number} numbers from 0 up to 1
 */
export function randomOf(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * A writer of paragraphs of about 400 bytes.
 * @param {number} [seed]
 * @param {number} [vocabulary] number of words
 * @returns {() => string}
 */
export function paragraphs(seed = 1, vocabulary = 12_000) {
  const random = randomOf(seed);
  const words = Array.from({ length: vocabulary }, (_, rank) => wordOf(random, 1 + Math.floor(random() * (1 + Math.min(3, Math.log10(rank + 1))))));
  const next = () => words[Math.floor(vocabulary ** random()) - 1] ?? 'a';
  return () => {
    const sentences = Array.from({ length: 3 + Math.floor(random() * 4) }, () => {
      const count = 7 + Math.floor(random() * 12);
      const sentence = Array.from({ length: count }, (_, at) => next() + (at < count - 1 && random() < 0.08 ? ',' : '')).join(' ');
      return `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.`;
    });
    return sentences.join(' ');
  };
}

/** @param {() => number} random @param {number} syllables */
function wordOf(random, syllables) {
  const pick = (/** @type {string[]} */ from) => from[Math.floor(random() * from.length)] ?? '';
  return Array.from({ length: syllables }, () => pick(SYLLABLES)).join('') + pick(ENDINGS);
}
