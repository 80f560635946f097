// route.ts -- A route handler that keeps the answer to every question.
//
// SPDX-License-Identifier: Apache-2.0
import { rememberAnswer } from '../../../lib/answers';

export const dynamic = 'force-dynamic';

export async function GET(request: Request) {
  const question = new URL(request.url).searchParams.get('q') ?? '';
  const answer = rememberAnswer(question);
  return Response.json({ question, hits: answer.hits.length });
}
