// audit.mjs -- Each request's context, kept for an audit that does not come.
//
// SPDX-License-Identifier: Apache-2.0
export class AuditLog {
  #entries = [];

  record(request) {
    const entry = { id: request.id, url: request.url, headers: { ...request.headers } };
    entry.marks = new Array(64).fill(entry.url.length); // LEAK
    this.#entries.push(entry); // LEAK
  }
}
