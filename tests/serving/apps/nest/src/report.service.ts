// report.service.ts -- Rows of a query, kept under a key that never comes back.
//
// SPDX-License-Identifier: Apache-2.0
import { Injectable } from '@nestjs/common';

interface Row {
  id: number;
  day: string;
  amount: number;
  note: string;
}

@Injectable()
export class ReportService {
  private readonly results = new Map<string, Row[]>();

  rowsOf(day: string): Row[] {
    const key = `${day}:${Math.random()}`;
    const rows = this.query(day);
    this.results.set(key, rows);
    return rows;
  }

  private query(day: string): Row[] {
    const rows: Row[] = [];
    for (let id = 0; id < 40; id++) {
      rows.push({ id, day, amount: id / 7, note: `row ${id} of ${day}` }); // LEAK
    }
    return rows;
  }
}
