// main.ts -- A service on NestJS, built by tsc.
//
// SPDX-License-Identifier: Apache-2.0
import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { ReportModule } from './report.module';

async function bootstrap() {
  const app = await NestFactory.create(ReportModule, { logger: ['error'] });
  await app.listen(Number(process.env.PORT), '127.0.0.1');
}
void bootstrap();
