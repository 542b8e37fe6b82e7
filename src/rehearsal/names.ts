// Invented people with names from many places. Each entry is the name as shown and, where no rule of
// transliteration reaches it, how it is spelt in an account name.

type Name = readonly [shown: string, plain?: string]

// biome-ignore format: one per line would be several screens
export const givenNames: readonly Name[] = [
  ['Amélie'], ['Björn'], ['Chidinma'], ['Đorđe'], ['Ewa'], ['Fatima'], ['Giulia'], ['Håkon'], ['İpek'],
  ['Jürgen'], ['Katarzyna'], ['Łukasz'], ['Mária'], ['Noor'], ['Óscar'], ['Priya'], ['Quentin'], ['Růžena'],
  ['Søren'], ['Thảo'], ['Ümit'], ['Véronique'], ['Wanjiru'], ['Xiulan'], ['Yannick'], ['Zoë'], ['Aoife'],
  ['Bartosz'], ['Carmen'], ['Dmitri'], ['Eszter'], ['Freja'], ['Gwenaël'], ['Hamza'], ['Inês'], ['Jasmijn'],
  ['Kwame'], ['Leilani'], ['Matúš'], ['Niamh'], ['Olivera'], ['Paweł'], ['Rasmus'], ['Sigríður'], ['Tomáš'],
  ['Uwe'], ['Valentina'], ['Willem'], ['Yusuf'], ['Žofia'], ['健', 'ken'], ['美咲', 'misaki'],
  ['Мария', 'mariya'], ['Олексій', 'oleksii'], ['Αθηνά', 'athina'], ['Γιώργος', 'giorgos'], ['عمر', 'omar'],
  ['ליאור', 'lior'], ['민준', 'minjun'], ['วิชัย', 'wichai'],
]
// biome-ignore format: one per line would be several screens
export const surnames: readonly Name[] = [
  ['Åström'], ['Bălan'], ['Çelik'], ['Dąbrowski'], ['Eriksen'], ['Fernández'], ['García Márquez'], ['Hájek'],
  ['Ivanović'], ["O'Malley"], ['Kovács'], ['Lefèvre'], ['Müller'], ['Nguyễn'], ['Okonkwo'], ['Pérez'],
  ['Quiñones'], ['Rodrigues'], ['Szczepański'], ['Tshabalala'], ['Ünal'], ['van der Berg'], ['Weiß'],
  ['Ximénez'], ['Yıldız'], ['Zieliński'], ['Achterberg'], ['Bianchi'], ['Christodoulou'], ["D'Amico"],
  ['Echeverría'], ['Fjeldstad'], ['Grünewald'], ['Horváth'], ['Iyer'], ['Jørgensen'], ['Kaya'], ['Lindqvist'],
  ['Mbeki'], ['Novák'], ['Ødegård'], ['Papadakis'], ['Rossi'], ['Sjöberg'], ['Takács'], ['Urbański'],
  ['Vasquez'], ['Wójcik'], ['Yılmaz'], ['Žukauskas'], ['Smith-Jones'], ['小林', 'kobayashi'],
  ['佐藤', 'sato'], ['Петренко', 'petrenko'], ['Соколова', 'sokolova'], ['김', 'kim'], ['حداد', 'haddad'],
  ['Παππάς', 'pappas'], ['王', 'wang'], ['מזרחי', 'mizrahi'],
]

// biome-ignore format: one per line would be several screens
const letters: Readonly<Record<string, string>> = {
  ł: 'l', đ: 'd', ø: 'o', ß: 'ss', æ: 'ae', œ: 'oe', ı: 'i', ð: 'd', þ: 'th',
}

/** The spelling used in account names and addresses: lower-case Latin letters only. */
export function plain([shown, spelt]: Name): string {
  if (spelt !== undefined) return spelt
  return shown
    .toLowerCase()
    .replace(/[łđøßæœıðþ]/g, (letter) => letters[letter] ?? '')
    .normalize('NFD')
    .replace(/[^a-z-]/g, '')
}
