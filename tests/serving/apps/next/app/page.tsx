// page.tsx -- A page that keeps nothing.
//
// SPDX-License-Identifier: Apache-2.0
export const dynamic = 'force-dynamic';

export default function Page() {
  return <p>{performance.now()}</p>;
}
