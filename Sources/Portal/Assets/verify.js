// Digests files here, in the browser: not one byte of them leaves this machine. Only their digests are asked about.
'use strict';

const drop = document.getElementById('drop');
const words = JSON.parse(drop.dataset.words);
const answers = document.getElementById('answers');
const input = document.getElementById('files');
const reference = document.getElementById('reference');
const worker = new Worker('/assets/digest-worker.js');
const rows = new Map();
let count = 0;

drop.hidden = false;

function element(name, className, text) {
    const made = document.createElement(name);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
}

function begin(file) {
    count += 1;
    const row = {
        node: element('section', 'answer'), name: element('strong', 'name', file.name),
        result: element('span', 'result', words.waiting), progress: document.createElement('progress'),
        more: element('p', 'help'), against: reference.value.trim(),
    };
    row.progress.max = Math.max(1, file.size);
    row.progress.value = 0;
    row.progress.setAttribute('aria-label', file.name);
    row.node.append(row.name, row.result, row.progress, row.more);
    answers.prepend(row.node);
    rows.set(count, row);
    worker.postMessage({ id: count, file });
}

function link(href, text, name) {
    const made = element('a', '', text);
    made.href = href;
    made.download = name;
    return made;
}

async function ask(row, digest) {
    // A field of CSV: what was typed is no more than a value.
    const quoted = '"' + row.against.replaceAll('"', '""') + '"';
    const list = row.against ? `path,digest,reference\n,${digest},${quoted}\n` : digest + '\n';
    const response = await fetch('/api/v1/verify', {
        method: 'POST', body: list,
        headers: { 'Content-Type': 'text/csv', 'Accept': 'application/json', 'X-Evidock-Guard': drop.dataset.guard },
    });
    const answer = await response.json();
    if (!response.ok) throw new Error(answer.title);
    const line = answer.lines[0];
    row.result.textContent = words[line.result];
    row.node.classList.add('result-' + line.result);
    row.more.replaceChildren(element('code', '', 'SHA-256 ' + digest));
    if (line.noteWords) row.more.append(' ', line.noteWords);
    if (line.leaf !== undefined) {
        row.more.append(' ', line.time.slice(0, 19).replace('T', ' ') + ' UTC', ' ',
            link(`/api/v1/proofs/${line.leaf}`, words.proof, `${digest}.tlog-proof`), ' ',
            link(`/api/v1/entries/${line.leaf}`, words.entry, `${line.leaf}.entry`));
    }
}

worker.onmessage = async ({ data }) => {
    const row = rows.get(data.id);
    if (!row) return;
    if (data.error) {
        row.progress.remove();
        row.result.textContent = words[data.error] ?? words.unreadable;
        row.node.classList.add('result-malformed');
    } else if (data.sha256) {
        row.progress.remove();
        try { await ask(row, data.sha256); } catch (error) {
            row.result.textContent = error.message;
            row.node.classList.add('result-malformed');
        }
    } else {
        row.progress.value = data.done;
        row.result.textContent = `${words.digesting} ${Math.floor(100 * data.done / Math.max(1, data.size))} %`;
    }
};

input.addEventListener('change', () => {
    for (const file of input.files) begin(file);
    input.value = '';
});
drop.addEventListener('dragover', event => { event.preventDefault(); drop.classList.add('over'); });
drop.addEventListener('dragleave', () => drop.classList.remove('over'));
drop.addEventListener('drop', event => {
    event.preventDefault();
    drop.classList.remove('over');
    for (const file of event.dataTransfer.files) begin(file);
});

// The whole answer as a table, also of lists that are longer than a page shows.
const save = document.getElementById('save');
save.hidden = false;
save.addEventListener('click', async () => {
    const response = await fetch('/api/v1/verify', {
        method: 'POST', body: document.getElementById('list').value,
        headers: { 'Content-Type': 'text/csv', 'Accept': 'text/csv', 'X-Evidock-Guard': drop.dataset.guard },
    });
    if (!response.ok) {
        document.getElementById('list-form').requestSubmit();
        return;
    }
    const made = link(URL.createObjectURL(await response.blob()), '', 'evidock-verify.csv');
    made.click();
    URL.revokeObjectURL(made.href);
});
