/** Of this package; told in `x-litellm-version`. */
export const version = '0.1.0';
