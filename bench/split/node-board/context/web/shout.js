export const shout = (text) => `${text.toUpperCase()}!`;
export const whisper = (text) => text.toLowerCase();
