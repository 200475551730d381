// The boxes of a day say its date once it is given; those of a day that is not given wait, folded away.
(() => {
  const wanted = new Intl.DateTimeFormat(document.documentElement.lang, { day: "numeric", month: "short" });
  for (const day of document.querySelectorAll("input[type=date][id^=day]")) {
    const number = day.id.slice(3);
    const boxes = document.querySelectorAll(`.tick[data-day="${number}"]`);
    const names = [...boxes].map((box) => box.querySelector("span").textContent);
    const tell = () => {
      const date = day.value ? new Date(`${day.value}T12:00:00`) : null;
      boxes.forEach((box, position) => {
        const ticked = box.querySelector("input").checked;
        box.querySelector("span").textContent = date ? wanted.format(date) : names[position];
        box.hidden = !date && !day.required && !ticked;
      });
    };
    day.addEventListener("change", tell);
    tell();
  }
})();
