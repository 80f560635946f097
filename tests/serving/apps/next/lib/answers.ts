// answers.ts -- A cache without a limit.
//
// SPDX-License-Identifier: Apache-2.0
type Hit = { rank: number; title: string };
type Answer = { question: string; hits: Hit[] };

const answers = new Map<string, Answer>();

export function rememberAnswer(question: string): Answer {
  const hits: Hit[] = [];
  for (let rank = 0; rank < 60; rank++) {
    hits.push({ rank, title: `${question} ${rank}` }); // LEAK
  }
  const answer = { question, hits };
  answers.set(`${question}${Math.random()}`, answer);
  return answer;
}
