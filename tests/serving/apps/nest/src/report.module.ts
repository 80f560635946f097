// report.module.ts -- The service's module and its controller.
//
// SPDX-License-Identifier: Apache-2.0
import { Controller, Get, Module, Param } from '@nestjs/common';
import { ReportService } from './report.service';

@Controller('report')
class ReportController {
  constructor(private readonly reports: ReportService) {}

  @Get(':day')
  show(@Param('day') day: string) {
    return { day, rows: this.reports.rowsOf(day).length };
  }
}

@Module({ controllers: [ReportController], providers: [ReportService] })
export class ReportModule {}
