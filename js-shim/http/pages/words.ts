import { choosePlural } from "../../templates/format.js";

export type PageLocale = "en" | "ru";

/** Everything pages say. A phrase that only one language has doesn't compile. */
export interface PageWords {
  other_language: string;
  cart: {
    title: string;
    lead: string;
    one_less(name: string): string;
    one_more(name: string): string;
    quantity: string;
    quantity_of(name: string): string;
    change: string;
    runs_out(day: string): string;
    ran_out(day: string): string;
    was: string;
    price_changed: string;
    take_out: string;
    take_out_of(name: string): string;
    taken_out: string;
    put_back: string;
    put_back_of(name: string): string;
    left_out: string;
    left_out_reasons: Record<string, string>;
    total: string;
    confirm: string;
    confirm_note: string;
    aside_line: string;
    aside_line_of(name: string): string;
    aside_all: string;
    aside_all_lead: string;
    aside_button: string;
    until: string;
    until_hint: string;
    edited: string;
    nothing_left: string;
    stale: string;
  };
  status: {
    quoting: string;
    quoting_lead: string;
    confirming: string;
    confirming_lead: string;
    look_again: string;
    ordered: string;
    ordered_number(number: string): string;
    ordered_lead: string;
    undo_lead(time: string, minutes: number): string;
    undo: string;
    undone: string;
    undone_lead: string;
    postponed: string;
    postponed_lead: string;
    comes_back(day: string): string;
    no_date: string;
    lapsed: string;
    lapsed_lead: string;
    superseded: string;
    superseded_lead: string;
    empty: string;
    empty_lead: string;
    stopped: string;
    stopped_lead: string;
    kept: string;
    next(day: string): string;
    call_us(phone: string): string;
    to_shop: string;
  };
  stop: { title: string; lead(times: number): string; stop: string; keep: string };
  expired: { title: string; lead: string; button: string; ask_shop: string; sent: string; sent_lead: string };
  invalid: { title: string; lead: string };
  unsubscribe: { title: string; lead: string; button: string; done: string; done_lead: string; choose: string };
  preferences: {
    title: string;
    lead: string;
    save: string;
    saved: string;
    everything: string;
    channels: Record<string, string>;
    unsubscribe_all: string;
  };
  operator: {
    title(name: string): string;
    phone: string;
    email: string;
    order: string;
    language: string;
    call_by: string;
    none: string;
    lines: string;
    suggest: string;
    add: string;
    outcome: string;
    outcomes: { reached: string; not_reached: string };
    note: string;
    note_hint: string;
    save: string;
    recorded: string;
    recorded_as: { reached: string; not_reached: string; done: string };
    cancelled: string;
    gone: string;
  };
  errors: Record<number, string>;
  error_title: string;
}

export function pageWords(locale: PageLocale): PageWords {
  return locale === "ru" ? RU : EN;
}

const EN: PageWords = {
  other_language: "По-русски",
  cart: {
    title: "Is it time again?",
    lead: "We put this together from what you usually buy. Change anything; nothing is ordered until you confirm.",
    one_less: (name) => `One less of ${name}`,
    one_more: (name) => `One more of ${name}`,
    quantity: "Quantity",
    quantity_of: (name) => `Quantity of ${name}`,
    change: "Change",
    runs_out: (day) => `Lasts until about ${day}`,
    ran_out: (day) => `Probably ran out around ${day}`,
    was: "was",
    price_changed: "The price has changed since our letter.",
    take_out: "Take out",
    take_out_of: (name) => `Take out ${name}`,
    taken_out: "Taken out",
    put_back: "Put back",
    put_back_of: (name) => `Put back ${name}`,
    left_out: "Left out this time",
    left_out_reasons: {
      out_of_stock: "not in stock at the moment",
      discontinued: "no longer made",
      successor: "replaced by a newer product",
      in_progress: "already on its way to you",
      unknown: "not in the shop any more",
      not_quoted: "the shop could not tell its price",
    },
    total: "Together",
    confirm: "Confirm order",
    confirm_note: "We call you before anything is sent. You can undo for some minutes.",
    aside_line: "Put aside",
    aside_line_of: (name) => `Put aside ${name}`,
    aside_all: "Not now? Put everything aside",
    aside_all_lead: "We will not ask again before you are likely to need it. Your answer teaches us your rhythm.",
    aside_button: "Put aside",
    until: "Until (if you know)",
    until_hint: "Leave it empty and we choose the day.",
    edited: "Your changes are saved.",
    nothing_left: "Everything is taken out. Put something back to confirm, or put it all aside.",
    stale: "The list has changed since you opened it. Please look once more before confirming.",
  },
  status: {
    quoting: "Almost ready",
    quoting_lead: "We are asking the shop for stock and prices. Look again in a minute.",
    confirming: "We are making your order",
    confirming_lead: "This takes a few seconds.",
    look_again: "Show the order",
    ordered: "Thank you, it is ordered",
    ordered_number: (number) => `Your order number is ${number}.`,
    ordered_lead: "We will call you to agree on delivery. Nothing is sent before that.",
    undo_lead: (time, minutes) =>
      `Pressed by mistake? You can undo until ${time}, that is ${minutes} more ${choosePlural(minutes, { one: "minute", other: "minutes" }, "en")}.`,
    undo: "Undo the order",
    undone: "Undone",
    undone_lead: "The order is cancelled and nobody will call.",
    postponed: "Put aside",
    postponed_lead: "We will come back to each of these when it is time:",
    comes_back: (day) => `again about ${day}`,
    no_date: "when you need it",
    lapsed: "This list has run its course",
    lapsed_lead: "We did not hear from you and chose new dates. You will get a new list when it is time.",
    superseded: "You have already bought since",
    superseded_lead: "You ordered in the shop after we wrote, so this list is closed. Thank you!",
    empty: "Nothing to offer this time",
    empty_lead: "The products we had in mind are not in stock. We will write again when it is time.",
    stopped: "We will stop",
    stopped_lead: "You will get no more of these lists.",
    kept: "Good, we will keep writing when it is time.",
    next: (day) => `The next list can come on ${day}.`,
    call_us: (phone) => `Questions? Call ${phone}.`,
    to_shop: "To the shop",
  },
  stop: {
    title: "Shall we stop sending these lists?",
    lead: (times) => `You put them aside ${times} times in a row. That is quite all right; tell us what you prefer.`,
    stop: "Stop the lists",
    keep: "Keep them coming",
  },
  expired: {
    title: "This link has expired",
    lead: "Links in our letters live for some weeks, to keep your list safe. We can send a new one to your usual address.",
    button: "Send me a new link",
    ask_shop: "Please write to the shop for a new one.",
    sent: "On its way",
    sent_lead: "If we have an address for you, a new link will be there in a minute.",
  },
  invalid: {
    title: "This link is not complete",
    lead: "Perhaps a part of it was lost on the way. Please open it from the letter once more.",
  },
  unsubscribe: {
    title: "No more letters?",
    lead: "Press the button and we will not send you any more reminders and offers. Messages about orders you place still come.",
    button: "Unsubscribe",
    done: "You are unsubscribed",
    done_lead: "No more reminders and offers, starting now.",
    choose: "Choose what we may write about instead",
  },
  preferences: {
    title: "What may we write about?",
    lead: "Tick what you would like to get. Messages about orders you place always come.",
    save: "Save",
    saved: "Saved. It counts from now on.",
    everything: "Reminders and offers",
    channels: {
      email: "by e-mail",
      sms: "by SMS",
      telegram: "in Telegram",
      voice: "by phone",
      push: "as a notification",
    },
    unsubscribe_all: "Nothing at all",
  },
  operator: {
    title: (name) => `Call ${name}`,
    phone: "Phone",
    email: "E-mail",
    order: "Order",
    language: "Language",
    call_by: "Call by",
    none: "not given",
    lines: "In the order",
    suggest: "Suggest on the phone",
    add: "How many were added",
    outcome: "What came of it?",
    outcomes: { reached: "Reached", not_reached: "Not reached" },
    note: "Note",
    note_hint: "For your colleagues; the customer doesn't see it.",
    save: "Record",
    recorded: "Recorded",
    recorded_as: { reached: "The customer was reached.", not_reached: "The customer was not reached.", done: "Done." },
    cancelled: "This task is withdrawn: the customer changed their mind. There is no need to call.",
    gone: "This task is not there any more.",
  },
  error_title: "That did not work",
  errors: {
    400: "The form could not be read. Please go back and try again.",
    404: "There is nothing at this address.",
    405: "This address is used differently.",
    413: "That was too much at once.",
    429: "Too many tries at once. Please wait a minute.",
    500: "Something went wrong on our side. Nothing was changed; please try again in a minute.",
    503: "We are busy right now. Please try again in a minute.",
  },
};

const RU: PageWords = {
  other_language: "In English",
  cart: {
    title: "Кажется, пора?",
    lead: "Мы собрали это из того, что вы обычно берёте. Меняйте что угодно: пока вы не подтвердите, ничего не заказано.",
    one_less: (name) => `На один меньше: ${name}`,
    one_more: (name) => `На один больше: ${name}`,
    quantity: "Количество",
    quantity_of: (name) => `Количество: ${name}`,
    change: "Изменить",
    runs_out: (day) => `Хватит примерно до ${day}`,
    ran_out: (day) => `Вероятно, кончилось около ${day}`,
    was: "было",
    price_changed: "Цена изменилась после нашего письма.",
    take_out: "Убрать",
    take_out_of: (name) => `Убрать: ${name}`,
    taken_out: "Убрано",
    put_back: "Вернуть",
    put_back_of: (name) => `Вернуть: ${name}`,
    left_out: "В этот раз не положили",
    left_out_reasons: {
      out_of_stock: "сейчас нет в наличии",
      discontinued: "больше не выпускают",
      successor: "заменён новым товаром",
      in_progress: "уже едет к вам",
      unknown: "больше нет в магазине",
      not_quoted: "магазин не смог назвать цену",
    },
    total: "Вместе",
    confirm: "Подтвердить заказ",
    confirm_note: "Перед отправкой мы позвоним. Ещё несколько минут заказ можно отменить.",
    aside_line: "Отложить",
    aside_line_of: (name) => `Отложить: ${name}`,
    aside_all: "Не сейчас? Отложить всё",
    aside_all_lead: "Напомним не раньше, чем это понадобится. Ваш ответ помогает нам понять ваш ритм.",
    aside_button: "Отложить",
    until: "До (если знаете)",
    until_hint: "Оставьте пустым, и день выберем мы.",
    edited: "Ваши правки сохранены.",
    nothing_left: "Всё убрано. Верните что-нибудь, чтобы подтвердить, или отложите всё.",
    stale: "Список изменился с тех пор, как вы его открыли. Посмотрите ещё раз и подтвердите.",
  },
  status: {
    quoting: "Почти готово",
    quoting_lead: "Уточняем наличие и цены. Загляните через минуту.",
    confirming: "Оформляем ваш заказ",
    confirming_lead: "Это займёт несколько секунд.",
    look_again: "Показать заказ",
    ordered: "Спасибо, заказ принят",
    ordered_number: (number) => `Номер вашего заказа: ${number}.`,
    ordered_lead: "Мы позвоним, чтобы договориться о доставке. До звонка ничего не отправим.",
    undo_lead: (time, minutes) =>
      `Нажали случайно? Отменить можно до ${time}, это ещё ${minutes} ${choosePlural(minutes, { one: "минута", few: "минуты", many: "минут", other: "минуты" }, "ru")}.`,
    undo: "Отменить заказ",
    undone: "Отменено",
    undone_lead: "Заказ отменён, никто звонить не будет.",
    postponed: "Отложено",
    postponed_lead: "Вернёмся к каждому товару, когда будет пора:",
    comes_back: (day) => `снова около ${day}`,
    no_date: "когда понадобится",
    lapsed: "Этот список закрыт",
    lapsed_lead: "Мы не дождались ответа и выбрали новые даты. Новый список придёт, когда будет пора.",
    superseded: "Вы уже купили",
    superseded_lead: "После нашего письма вы сделали заказ в магазине, поэтому список закрыт. Спасибо!",
    empty: "В этот раз предложить нечего",
    empty_lead: "Того, что мы хотели предложить, нет в наличии. Напишем, когда будет пора.",
    stopped: "Больше не будем",
    stopped_lead: "Таких списков больше не придёт.",
    kept: "Хорошо, будем писать, когда пора.",
    next: (day) => `Следующий список может прийти ${day}.`,
    call_us: (phone) => `Вопросы? Звоните: ${phone}.`,
    to_shop: "В магазин",
  },
  stop: {
    title: "Больше не присылать такие списки?",
    lead: (times) =>
      `Вы отложили их ${times} ${choosePlural(times, { one: "раз", few: "раза", many: "раз", other: "раза" }, "ru")} подряд. Это совершенно нормально; скажите, как вам удобнее.`,
    stop: "Не присылать",
    keep: "Присылать дальше",
  },
  expired: {
    title: "Ссылка больше не действует",
    lead: "Ссылки в наших письмах живут несколько недель, чтобы ваш список был в безопасности. Можем прислать новую на ваш обычный адрес.",
    button: "Прислать новую ссылку",
    ask_shop: "Напишите в магазин, и вам пришлют новую.",
    sent: "Отправили",
    sent_lead: "Если у нас есть ваш адрес, новая ссылка придёт через минуту.",
  },
  invalid: {
    title: "Ссылка неполная",
    lead: "Возможно, часть её потерялась по дороге. Откройте её из письма ещё раз.",
  },
  unsubscribe: {
    title: "Больше не писать?",
    lead: "Нажмите кнопку, и мы не будем присылать напоминания и предложения. Письма о ваших заказах по-прежнему будут приходить.",
    button: "Отписаться",
    done: "Вы отписаны",
    done_lead: "Напоминаний и предложений больше не будет, начиная с этой минуты.",
    choose: "Лучше выбрать, о чём можно писать",
  },
  preferences: {
    title: "О чём можно писать?",
    lead: "Отметьте, что хотите получать. Письма о ваших заказах приходят всегда.",
    save: "Сохранить",
    saved: "Сохранено. Действует с этой минуты.",
    everything: "Напоминания и предложения",
    channels: { email: "по почте", sms: "по SMS", telegram: "в Telegram", voice: "по телефону", push: "уведомлением" },
    unsubscribe_all: "Совсем ничего",
  },
  operator: {
    title: (name) => `Позвоните: ${name}`,
    phone: "Телефон",
    email: "Почта",
    order: "Заказ",
    language: "Язык",
    call_by: "Позвонить до",
    none: "не указан",
    lines: "В заказе",
    suggest: "Предложите по телефону",
    add: "Сколько добавили",
    outcome: "Чем закончилось?",
    outcomes: { reached: "Дозвонились", not_reached: "Не дозвонились" },
    note: "Заметка",
    note_hint: "Для коллег; покупатель её не видит.",
    save: "Записать",
    recorded: "Записано",
    recorded_as: {
      reached: "До покупателя дозвонились.",
      not_reached: "До покупателя не дозвонились.",
      done: "Сделано.",
    },
    cancelled: "Задача снята: покупатель передумал. Звонить не нужно.",
    gone: "Этой задачи больше нет.",
  },
  error_title: "Не получилось",
  errors: {
    400: "Форму не удалось прочитать. Вернитесь и попробуйте ещё раз.",
    404: "По этому адресу ничего нет.",
    405: "Этим адресом пользуются иначе.",
    413: "Слишком много за один раз.",
    429: "Слишком много попыток. Подождите минуту.",
    500: "Что-то сломалось у нас. Ничего не изменилось; попробуйте через минуту.",
    503: "Сейчас мы заняты. Попробуйте через минуту.",
  },
};
