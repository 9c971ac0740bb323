import type { HeaderEvidence, Verdict } from './check';

const EXTENSIONS = /\.?[({|:]?(jpe?g|png|gif|webp|avif)\b/;
const DEFAULT_DEVICE_SIZES = 8;

/** The cache rules and the image options, which are easy to write so that they do nothing, or harm. */
export function checkCaching(evidence: HeaderEvidence): Record<string, Verdict> {
  return { cache: checkCache(evidence), images: checkImages(evidence) };
}

function checkCache({ sightings }: HeaderEvidence): Verdict {
  const sources = sightings.filter(({ name, value }) => name === 'source' && value !== undefined && EXTENSIONS.test(value));
  const braces = sources.find(({ value }) => /\{[^}]*,/.test(value ?? ''));
  if (braces) {
    return { status: 'fail', message: `The rule for "${braces.value}" matches nothing: braces group, they are no alternatives`, at: braces };
  }
  const rules = sightings.filter(({ name }) => name === 'cache-control');
  const eternal = rules.find(({ value }) => value?.includes('immutable'));
  const [wide] = sources.filter(({ value }) => /^\/(:path\*|:all\*|\(\.\*\))/.test(value ?? ''));
  if (eternal && wide) {
    return {
      status: 'fail',
      message: `The rule for "${wide.value}" makes images immutable by their ending: private ones under /api become public for a year, and a replaced file stays stale`,
      at: wide,
    };
  }
  const [rule] = rules;
  if (rule) return { status: 'pass', message: `Cache-Control is set: ${rule.value ?? 'computed'}`, at: rule };
  return { status: 'warn', message: 'Images in public/ are asked for again at each visit: no Cache-Control is set for them' };
}

function checkImages({ sightings }: HeaderEvidence): Verdict {
  const sizes = sightings.find(({ name, value }) => name === 'devicesizes' && value !== undefined && value.split(' ').length < DEFAULT_DEVICE_SIZES && !/3840|2048|1920/.test(value));
  if (sizes) return { status: 'warn', message: `images.deviceSizes ends at ${sizes.value?.split(' ').at(-1)}: large screens get small images, and w=1920 answers 400`, at: sizes };
  const formats = sightings.find(({ name, value }) => name === 'formats' && value?.includes('image/avif'));
  if (formats) return { status: 'pass', message: 'Images are served as AVIF and WebP', at: formats };
  return { status: 'warn', message: 'Images are not served as AVIF' };
}
