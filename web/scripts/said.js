// What a person told of themselves in their own messages, by type of a form's field, so that the form is filled in with it. Found here, as the
// service keeps messages masked and sends nothing of it back; whether it is right is checked when the form is sent.
const patterns = {
  email: /[^\s<>()[\],;:"]+@[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}/i,
  iban: /\b(?!rf)[a-z]{2}\d{2}(?: ?[a-z0-9]{4}){3,7}(?: ?[a-z0-9]{1,3})?\b/i,
  'codice-fiscale': /\b[a-z]{6}[0-9lmnp-v]{2}[a-z][0-9lmnp-v]{2}[a-z][0-9lmnp-v]{3}[a-z]\b/i,
  'notice-number': /(?<!\d)[0-3](?:[ -]?\d){17}(?!\d| \d)/,
  iuv: /\bRF\d{2}[a-z0-9]{6,21}\b|(?<![\d])\d{17}(?!\d)/i,
}

export function saidIn(message) {
  const found = {}
  for (const [type, pattern] of Object.entries(patterns)) {
    const match = pattern.exec(message)
    if (match) found[type] = type === 'email' ? match[0].replace(/\.+$/, '') : match[0].replace(/[ -]/g, '')
  }
  return found
}
