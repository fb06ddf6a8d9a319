// Keeps the page of a lab up to date: asks for it again and takes over what has changed, so that fields and the
// focus stay where they are. Without this script everything works as well, by loading the page again.
"use strict";

(() => {
    const PAUSE = 1000;
    let timer = 0;
    let isAsking = false;

    // Takes over the parts that say of themselves that they are live, where they differ.
    const take = (fresh) => {
        for (const old of document.querySelectorAll("[data-live]")) {
            const now = fresh.getElementById(old.id);
            if (now && now.innerHTML !== old.innerHTML) {
                old.replaceChildren(...now.childNodes);
            }
        }
        for (const old of document.querySelectorAll("[data-live-value]")) {
            const now = fresh.getElementById(old.id);
            if (now) {
                old.value = now.value;
            }
        }
    };

    const say = (words) => {
        const sentence = document.getElementById("sentence");
        if (sentence.textContent !== words) {
            sentence.textContent = words;
        }
    };

    const look = async () => {
        if (isAsking) {
            return;
        }
        isAsking = true;
        clearTimeout(timer);
        try {
            const answer = await fetch("/", { cache: "no-store" });
            take(new DOMParser().parseFromString(await answer.text(), "text/html"));
        } catch {
            say("The lab does not answer: it was closed.");
        }
        isAsking = false;
        if (!document.hidden) {
            timer = setTimeout(look, PAUSE);
        }
    };

    const send = async (form, button) => {
        const fields = new URLSearchParams(new FormData(form));
        if (button && button.name) {
            fields.set(button.name, button.value);
        }
        try {
            const answer = await fetch(form.action, { method: "POST", body: fields, redirect: "manual" });
            if (answer.status === 403) {
                // The lab was opened anew since this page was loaded.
                location.reload();
            }
        } catch {
            say("The lab does not answer: it was closed.");
        }
        look();
    };

    document.addEventListener("submit", (event) => {
        event.preventDefault();
        send(event.target, event.submitter);
    });
    document.addEventListener("visibilitychange", () => {
        if (!document.hidden) {
            look();
        }
    });
    timer = setTimeout(look, PAUSE);
})();
