import type { Chance } from "./chance.js";

export interface Place {
  city: string;
  zone: string;
  locale: "en" | "ru";
  /** How many of a hundred customers live there. */
  share: number;
  firsts: readonly string[];
  lasts: readonly string[];
  /** Ranges that telephone companies keep free for fiction, where there are any. */
  phone(chance: Chance): string;
}

const digits = (chance: Chance, count: number) => String(chance.whole(0, 10 ** count - 1)).padStart(count, "0");

export const PLACES: readonly Place[] = [
  {
    city: "London",
    zone: "Europe/London",
    locale: "en",
    share: 52,
    firsts:
      "Amelia Oliver Priya Kwame Zainab Harry Chloe Ifeoma Rhys Niamh Arjun Fatima George Yusuf Isla Mei Callum Aoife Tariq Sophie Leon Ruth Samuel Grace Hamza Eleanor Femi Bronwen Ravi Martha".split(
        " ",
      ),
    lasts:
      "Hughes Okafor Patel Whitfield Chen Ahmed Murphy Campbell Begum Thompson Adeyemi Evans Singh O’Brien Clarke Nguyen Walker Mensah Kaur Turner Davies Khan Fraser Lewis Bello Robinson".split(
        " ",
      ),
    phone: (chance) => `+44 20 7946 0${digits(chance, 3)}`,
  },
  {
    city: "Berlin",
    zone: "Europe/Berlin",
    locale: "en",
    share: 14,
    firsts: "Lena Jonas Aylin Matthias Greta Emre Hanna Felix Katja Oskar Selin Moritz Frieda Anton".split(" "),
    lasts: "Schneider Yılmaz Vogt Becker Krüger Demir Hoffmann Lindner Kowalski Brandt Özkan Peters".split(" "),
    phone: (chance) => `+49 30 23125 ${digits(chance, 3)}`,
  },
  {
    city: "New York",
    zone: "America/New_York",
    locale: "en",
    share: 13,
    firsts: "Maya Carlos Jasmine Ethan Rosa Malik Naomi Dylan Alicia Noah Keisha Mateo Talia Simon".split(" "),
    lasts: "Rivera Goldberg Washington Park Romano Cohen Delgado Brooks Haddad Ortiz Foster Lindqvist".split(" "),
    phone: (chance) => `+1 212 555 01${digits(chance, 2)}`,
  },
  {
    city: "Moscow",
    zone: "Europe/Moscow",
    locale: "ru",
    share: 12,
    firsts: "Анна Дмитрий Ольга Сергей Мария Алексей Наталья Тимур Екатерина Павел Гульнара Артём".split(" "),
    lasts: "Соколенко Ткаченко Левченко Ким Гордиенко Мельниченко Цой Шевченко Юсупали Абашидзе".split(" "),
    phone: (chance) => `+7 495 000 ${digits(chance, 2)} ${digits(chance, 2)}`,
  },
  {
    city: "Yekaterinburg",
    zone: "Asia/Yekaterinburg",
    locale: "ru",
    share: 9,
    firsts: "Ирина Михаил Светлана Рустам Татьяна Николай Алия Григорий Елена Денис".split(" "),
    lasts: "Бондаренко Хан Коваленко Седых Черных Ли Долгих Савченко".split(" "),
    phone: (chance) => `+7 343 000 ${digits(chance, 2)} ${digits(chance, 2)}`,
  },
];

const LATIN: Record<string, string> = {
  а: "a",
  б: "b",
  в: "v",
  г: "g",
  д: "d",
  е: "e",
  ё: "e",
  ж: "zh",
  з: "z",
  и: "i",
  й: "y",
  к: "k",
  л: "l",
  м: "m",
  н: "n",
  о: "o",
  п: "p",
  р: "r",
  с: "s",
  т: "t",
  у: "u",
  ф: "f",
  х: "kh",
  ц: "ts",
  ч: "ch",
  ш: "sh",
  щ: "sch",
  ъ: "",
  ы: "y",
  ь: "",
  э: "e",
  ю: "yu",
  я: "ya",
  ı: "i",
};

/** An address in the domains reserved for examples: these mails can't reach anybody. */
export function addressFor(name: string, domain: string): string {
  const latin = [...name.toLowerCase().normalize("NFC")].map((letter) => LATIN[letter] ?? letter).join("");
  const plain = latin
    .normalize("NFKD")
    .replace(/[^a-z ]/g, "")
    .trim()
    .replace(/ +/g, ".");
  return `${plain}@${domain}`;
}
