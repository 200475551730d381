// Follows a batch being signed: the meter moves, and the page is read again once it is done.
(() => {
  const box = document.getElementById("progress");
  const meter = document.getElementById("meter");
  const done = document.getElementById("done");
  const follow = async () => {
    try {
      const answer = await fetch(box.dataset.address, { headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(String(answer.status));
      const told = await answer.json();
      if (told.state !== "confirmed") {
        location.replace(location.pathname);
        return;
      }
      meter.max = told.done + told.ready;
      meter.value = told.done;
      done.textContent = told.done.toLocaleString(document.documentElement.lang);
      setTimeout(follow, 700);
    } catch {
      setTimeout(follow, 4000); // the network is away: the work goes on without us
    }
  };
  setTimeout(follow, 500);
})();
