/**
 * Takes the place of `Intl.Segmenter` in the bundle of the command line. `string-width` makes one
 * when it is loaded, which costs more than all else that `--help` does; most text is ASCII and
 * needs none.
 */
export class LazySegmenter {
  #arguments;
  #segmenter;

  constructor(...given) {
    this.#arguments = given;
  }

  segment(text) {
    this.#segmenter ??= new globalThis.Intl.Segmenter(...this.#arguments);
    return this.#segmenter.segment(text);
  }
}
