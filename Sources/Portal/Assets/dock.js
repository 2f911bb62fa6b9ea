// The wall at the dock. What it shows is at most five seconds old: else it shows that it is off line.
'use strict';

const offLineAfter = 5000;
const language = document.documentElement.lang.startsWith('zh') ? 'zh' : 'en';
const texts = JSON.parse(document.body.dataset.words);
const wall = document.getElementById('wall');
const off = document.getElementById('off');
const empty = document.getElementById('empty');
const clock = document.getElementById('clock');
const soundButton = document.getElementById('sound');
const said = document.getElementById('said');

/** State to look: a colour's class, and a shape that tells it without the colour. */
const looks = {
    'recognised': ['busy', 'hourglass'], 'transferring': ['busy', 'hourglass'], 'verifying': ['busy', 'hourglass'],
    'may-be-removed': ['done', 'tick'], 'held': ['wait', 'pause'], 'failed': ['bad', 'cross'],
    'locked': ['bad', 'cross'], 'unfinished': ['bad', 'cross'],
};
const shapes = {
    hourglass: 'M6 3h12v4l-4 5 4 5v4H6v-4l4-5-4-5z', tick: 'M3 13l4-4 4 4L18 5l3 3L11 20z',
    pause: 'M6 4h4v16H6zM14 4h4v16h-4z', cross: 'M5 2l7 7 7-7 3 3-7 7 7 7-3 3-7-7-7 7-3-3 7-7-7-7z',
};

const cards = new Map();
let lastHeard = 0;
let lastStates = new Map();
let isFirst = true;

function element(name, className, text) {
    const made = document.createElement(name);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
}

function shape(name) {
    const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    svg.setAttribute('viewBox', '0 0 24 24');
    svg.setAttribute('aria-hidden', 'true');
    const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
    path.setAttribute('d', shapes[name]);
    path.setAttribute('fill', 'currentColor');
    svg.append(path);
    return svg;
}

function bytes(count) {
    if (count < 1e6) return Math.ceil(count / 1e3) + ' kB';
    if (count < 1e9) return (count / 1e6).toFixed(0) + ' MB';
    return (count / 1e9).toFixed(count < 1e11 ? 1 : 0) + ' GB';
}

function time(seconds) {
    if (seconds < 100) return `${seconds} ${texts.secondsLeft}`;
    return `${Math.ceil(seconds / 60)} ${texts.minutes}`;
}

/** What to do when it is done: how much there is, the way to the inbox, and who brought it. */
function handOver(slot) {
    const made = element('div', 'handover');
    const code = element('img');
    code.src = `/dock/code/${encodeURIComponent(slot.docking)}`;
    code.alt = texts.inboxCode;
    const facts = element('p', 'figures', `${slot.minutes} ${texts.minutes} · ${slot.unlinked} ${texts.notLinked}`);
    const way = slot.acknowledged ? element('span', 'figures', texts.acknowledged) : element('a', 'button', texts.confirmBrought);
    if (!slot.acknowledged) way.href = `/dock/confirm/${encodeURIComponent(slot.docking)}`;
    const beside = element('div');
    beside.append(facts, way);
    made.append(code, beside);
    return made;
}

/** A card is of one docking: another one in the same slot gets another card. */
function card(slot) {
    const key = `${slot.slot}\n${slot.docking ?? ''}`;
    let made = cards.get(key);
    if (!made) {
        made = { node: element('section', 'card'), state: '' };
        cards.set(key, made);
    }
    const [look, shapeName] = looks[slot.state] ?? looks.failed;
    const words = slot.words[language];
    const node = made.node;
    node.className = `card ${look}`;
    node.dataset.state = slot.state;
    node.dataset.docking = slot.docking ?? '';
    const parts = [];
    const head = element('div', 'head');
    head.append(shape(shapeName), element('strong', 'words', words));
    parts.push(head);
    const who = element('div', 'who');
    who.append(element('span', '', slot.recorder ?? slot.slot));
    if (slot.officer) who.append(element('span', '', `${texts.officer} …${slot.officer}`));
    parts.push(who);
    if (slot.reason) parts.push(element('p', 'reason', slot.reason[language]));
    if (look === 'busy' && slot.bytesTotal > 0) {
        const bar = element('div', 'bar');
        const share = Math.min(100, 100 * slot.bytesDone / slot.bytesTotal);
        bar.setAttribute('role', 'progressbar');
        bar.setAttribute('aria-label', words);
        bar.setAttribute('aria-valuenow', share.toFixed(0));
        const filled = element('span');
        filled.style.width = share.toFixed(1) + '%';
        bar.append(filled);
        parts.push(bar);
        const figures = [`${bytes(slot.bytesDone)} / ${bytes(slot.bytesTotal)}`];
        if (slot.rate > 0) figures.push(bytes(slot.rate) + '/s');
        if (slot.secondsLeft !== undefined) figures.push(`${texts.bytesLeft} ${time(slot.secondsLeft)}`);
        parts.push(element('p', 'figures', figures.join(' · ')));
    }
    const counts = [];
    if (slot.filesTotal > 0) counts.push(`${slot.filesDone} / ${slot.filesTotal} ${texts.files}`);
    if (slot.needLook > 0) counts.push(`${slot.needLook} ${texts.needLook}`);
    if (slot.notTaken > 0) counts.push(`${slot.notTaken} ${texts.notTaken}`);
    if (counts.length) parts.push(element('p', 'figures', counts.join(' · ')));
    if (slot.minutes !== undefined) parts.push(handOver(slot));
    for (const note of slot.notes) parts.push(element('p', 'notes', note[language]));
    node.replaceChildren(...parts);
    return [key, node];
}

function show(state) {
    const shown = state.slots.map(card);
    const keys = new Set(shown.map(([key]) => key));
    for (const key of [...cards.keys()]) if (!keys.has(key)) cards.delete(key);
    wall.replaceChildren(...shown.map(([, node]) => node));
    // The fewer there are, the larger they are.
    wall.className = shown.length <= 2 ? 'huge' : shown.length <= 6 ? 'large' : shown.length <= 12 ? '' : 'many';
    empty.hidden = shown.length > 0;
    const states = new Map(state.slots.map((slot, index) => [shown[index][0], looks[slot.state]?.[0] ?? 'bad']));
    if (!isFirst) {
        for (const [key, look] of states) if (lastStates.get(key) !== look) tell(look, key);
    }
    isFirst = false;
    lastStates = states;
}

/** Says a change to whoever does not see it. */
function tell(look, key) {
    const head = cards.get(key)?.node;
    if (head) said.textContent = [...head.querySelectorAll('.words, .who')].map(part => part.textContent).join(': ');
    sound(look);
}

// MARK: sound, off until somebody switches it on

let audio = null;

function sound(look) {
    if (!audio) return;
    const notes = { done: [660, 880], bad: [220, 180, 220], wait: [330] }[look];
    if (!notes) return;
    notes.forEach((frequency, index) => {
        const tone = audio.createOscillator();
        const gain = audio.createGain();
        tone.frequency.value = frequency;
        gain.gain.value = 0.2;
        tone.connect(gain).connect(audio.destination);
        tone.start(audio.currentTime + index * 0.22);
        tone.stop(audio.currentTime + index * 0.22 + 0.2);
    });
}

soundButton.addEventListener('click', () => {
    if (audio) { audio.close(); audio = null; } else { audio = new AudioContext(); sound('wait'); }
    soundButton.setAttribute('aria-pressed', String(audio !== null));
});

// MARK: being live

function hear(event) {
    show(JSON.parse(event.data));
    lastHeard = performance.now();
    off.hidden = true;
}

function look() {
    const isOff = performance.now() - lastHeard > offLineAfter;
    if (isOff && off.hidden) {
        // Nothing of what was shown may be believed when it comes back.
        wall.replaceChildren();
        cards.clear();
        lastStates = new Map();
        isFirst = true;
        off.hidden = false;
        listen();
    }
    clock.textContent = new Date().toLocaleTimeString(language === 'zh' ? 'zh-CN' : 'en-GB');
}

let source = null;

/** Begins anew: a stream whose beginning was missed would show nothing until something changes. */
function listen() {
    if (source) source.close();
    source = new EventSource('/dock/events');
    source.addEventListener('wall', hear);
    source.addEventListener('error', () => {
        if (source.readyState === EventSource.CLOSED) setTimeout(listen, 1000);
    });
}

lastHeard = performance.now();
listen();
setInterval(look, 500);
look();
