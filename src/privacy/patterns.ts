/**
 * What personal data looks like, said in few bytes. Each line is weighed: what a country's form would cost in bytes it
 * must bring in finds, and a detector of the app's own adds what is missing.
 *
 * All patterns walk a text once: repetitions are bounded, or the class before and after one exclude each other, so that
 * no text makes them explode. No look-behind and no `\p{…}`: an older Safari or Hermes would refuse the whole file.
 */

/** NUL and halves of a character (lone surrogates): PostgreSQL stores neither, and the server fails on them. */
export const UNSENDABLE = /[\0\ud800-\udfff]/u

/** A kind of personal data, what it looks like, and what its check digits leave over: nothing when they are right. */
type Shape = readonly [kind: string, pattern: RegExp, remainder?: (text: string) => number]

const SHAPES: readonly Shape[] = [
  // `jane@example.com`, `Jane <jane@example.com>`, in any script. No `/`, `:` or digit where the top level domain would
  // be: `git@host.org:me/it` and `react@18.2.0` are no addresses.
  ['email', /\S@[^\s@/:]+\.[^\s/:.\d]{2,}$/],

  // `eyJ….….…` is a JWT (RFC 7519). `sk_live_…` Stripe, `ghp_…` GitHub, `AKIA…` AWS, `xoxb-…` Slack.
  ['secret', /^(?:eyJ.+\.|sk_live|gh[opsu]_|AKIA|xox.-)/],

  // IPv4 `203.0.113.7`; IPv6 `2001:db8::1` or in full; a MAC address `00:1a:2b:3c:4d:5e` goes the same way. `12:30:45` not.
  ['ip', /^(?:(?:\d{1,3}\.){3}\d{1,3}|(?=.*::|(?:\w+:){5})[\da-f:.]{3,39})$/i],

  // E.164 `+33 6 12 34 56 78`, `0033…`; with the trunk zero `030 12345678`, `(0171) 1234567`; an area code in brackets
  // `(11) 91234-5678`; `555-123-4567`. Nine digits at least, or `01.02.2024` would be one.
  ['phone', /^(?:[+0(]0?[1-9](?:[ ()./-]{0,2}\d){8,13}|\d{3}[ .-]\d{3}[ .-]\d{4})$/],

  // US SSN `123-45-6789`; Brazilian CPF `529.982.247-25`; six digits between two characters and a letter are the UK NINO
  // `QQ 12 34 56 C`, the Spanish DNI `12345678Z` and NIE `X1234567L`; Italian codice fiscale `RSSMRA85T10A562S`.
  [
    'national-id',
    /^(?:\d{3}-\d\d-\d{4}|\d{3}\.\d{3}\.\d{3}-\d\d|[a-z\d]{2}(?: ?\d\d){3}[ -]?[a-z]|[a-z]{6}(?:\d\d[a-z]){2}\d{3}[a-z])$/i,
  ],

  // ISO/IEC 7812, 13 to 19 digits that begin as cards do: `4111 1111 1111 1111`. Time in milliseconds begins with 1.
  // Luhn: with every other digit from the right doubled (and 9 taken off above 9), they add up to a multiple of ten.
  [
    'card',
    /^[2-6](?:[ -]?\d){12,18}$/,
    (text) =>
      text
        .match(/\d/g)!
        .reverse()
        .reduce((sum, digit, index) => sum + ((index % 2 && (+digit * 2) % 9) || +digit), 0) % 10,
  ],

  // ISO 13616, up to Malta's 31 characters: `DE89 3704 0044 0532 0130 00`. A UUID in capitals has 32.
  // ISO 7064: with the first four characters at the end and letters as 10…35, the number leaves 1 when divided by 97.
  [
    'iban',
    /^[A-Z]{2}\d\d(?: ?[A-Z\d]){11,27}$/,
    (text) =>
      (text.slice(4) + text.slice(0, 4))
        .match(/\w/g)!
        .reduce((rest, letter) => +`${rest}${parseInt(letter, 36)}` % 97, 0) - 1,
  ],
]

/** Which personal data a text is, as a whole. */
export const kindOf = (text: string): string | undefined =>
  SHAPES.find(([, pattern, remainder]) => pattern.test(text) && !remainder?.(text))?.[0]

/**
 * Keys whose last word names personal data: `email`, `user_email`, `work-phone 2`, `passport_no`, but not `email_opt_in`,
 * `phone_model`, `app_name`. Words end where letters do. A `.` stands for a letter with or without its accent.
 *
 * | English | German, French, Spanish, Italian, Portuguese, Dutch |
 * |---|---|
 * | email, e_mail, mail, phone, mobile | telefon, téléphone, teléfono, telefone, telefoon · mobil |
 * | address, street, zip code, postcode | adresse, adres · dirección · indirizzo · endereço · strasse · straat |
 * | birth, birthday, birth_date, dob | geburtsdatum · naissance · nacimiento · nascita, nascimento · geboorte… |
 * | first, last, full, family, user name, surname | vor-, nachname · prénom · apellidos · cognome · sobrenome · voor-, achternaam |
 * | name alone | nom · nombre · nome · naam |
 * | ssn, passport, ip, iban, credit card, password, secret, token | passeport, pasaporte, passaporto, paspoort · dni · cpf · passwort |
 */
export const PERSONAL_KEY =
  /(?:(?:^|[^a-z])(?:[a-z]*email|(?:[a-z]*ad+res|birth(?:_?da)?|geb[ou]|na(?:is|sc|ci)|pas[a-z]{1,3}(?:ort|w)|apelli|direcc|indiri|endere|t.l.p?[fh])[a-zà-ÿ]*|mail|phone|mobile?|street|straat|stra.s?e|zip|(?:zip|post)_?code|dob|ssn|dni|cpf|ip|iban|secret|token)|(?:^|first|last|full|family|user|sur|vor|nach|voor|achter|pr.|cog|sobre|credit)[^a-z]?(?:n[ao]+m(?:br)?e?|card))(?:_?(?:no|num[a-z]*|line))?[^a-z]*$/i
