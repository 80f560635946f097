// route.ts -- A route handler that keeps the answer to every question.
//
// SPDX-License-Identifier: Apache-2.0
import { rememberAnswer } from '../../../lib/answers';

export const dynamic = 'force-dynamic';

export async function GET(request: Request) {
  const question = new URL(request.url).searchParams.get('q') ?? '';
  let answer = rememberAnswer(question);
  if (answer.hits.length === 0) {
    answer = rememberAnswer('everything'); // called twice: the bundler leaves it a function
  }
  return Response.json({ question, hits: answer.hits.length });
}
