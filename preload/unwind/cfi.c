/* cfi.c -- Reads a module's call frame information: one row for one address.
 *
 * The FDE (cfi_table.c finds it) and its CIE hold a program for a small machine that builds the row
 * (DWARF 5, section 6.4). This reader follows only the forms that a compiler writes for ordinary
 * functions: CFA from rsp or rbp, rbp saved or not. All else is CFI_COMPLEX and left to libunwind.
 * The tables are trusted, but every read stays within the segment of the module that it begins in.
 * A module that may be unloaded at this very moment is read through the kernel
 * (modules_begin_reading).
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unwind/cfi.h"

#include <stddef.h>
#include <string.h>

#include "unwind/cfi_table.h"

/* DWARF register numbers of x86-64 */
#define REG_BP 6
#define REG_SP 7
#define REG_RA 16

/* A place to read from, and where it must stop. A read beyond the end makes it bad. */
struct reader {
    const uint8_t *at, *end;
    uintptr_t shift; /* from there to the place in the module, of which it may be a copy */
    bool bad;
};

#define ENTRY_MOST 512 /* of a CIE or FDE that is copied first */

static uint64_t read_bytes(struct reader *reader, unsigned size)
{
    uint64_t value = 0;
    if ((size_t)(reader->end - reader->at) < size) {
        reader->bad = true;
        return 0;
    }
    memcpy(&value, reader->at, size); /* little-endian, as x86-64 is */
    reader->at += size;
    return value;
}

static uint64_t read_uleb(struct reader *reader)
{
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        uint64_t byte = read_bytes(reader, 1);
        value |= (byte & 0x7f) << shift;
        if (!(byte & 0x80))
            return value;
    }
    reader->bad = true;
    return 0;
}

static int64_t read_sleb(struct reader *reader)
{
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 63;) {
        uint64_t byte = read_bytes(reader, 1);
        value |= (byte & 0x7f) << shift;
        shift += 7;
        if (!(byte & 0x80))
            return (int64_t)(byte & 0x40 ? value | -((uint64_t)1 << shift) : value);
    }
    reader->bad = true;
    return 0;
}

/* A factor times the CIE's alignment; nonsense may overflow, and is refused as a row. */
static int64_t cfi_scale(uint64_t factor, int64_t align)
{
    return (int64_t)(factor * (uint64_t)align);
}

static void cfi_skip(struct reader *reader, uint64_t size)
{
    if ((uint64_t)(reader->end - reader->at) < size)
        reader->bad = true;
    else
        reader->at += size;
}

/* ---- CIE and FDE
 * ---------------------------------------------------------------------------------- */

struct cie {
    uint64_t code_align;
    int64_t data_align;
    uint8_t pointer_encoding;
    bool is_signal_frame, has_augmentation, unknown;
    struct reader program;
};

/* Length field and extent of a CIE or FDE; 64-bit DWARF is not used in .eh_frame. */
static struct reader read_entry(const struct cfi_source *source, uintptr_t at,
                                uint8_t room_for_copy[ENTRY_MOST])
{
    size_t room = cfi_table_room(source, at);
    struct reader reader = {(const uint8_t *)at, (const uint8_t *)at + room, 0, false};
    if (!source->is_safe) {
        room = room < ENTRY_MOST ? room : ENTRY_MOST;
        reader.bad = !cfi_table_copy(source, room_for_copy, at, room);
        reader.at = room_for_copy;
        reader.end = room_for_copy + (reader.bad ? 0 : room);
        reader.shift = at - (uintptr_t)room_for_copy;
    }
    uint64_t length = read_bytes(&reader, 4);
    if (length == 0xffffffff || length > (uint64_t)(reader.end - reader.at))
        reader.bad = true;
    else
        reader.end = reader.at + length;
    return reader;
}

static void skip_pointer(struct reader *reader, uint8_t encoding)
{
    static const uint8_t sizes[16] = {8, 0, 2, 4, 8, 0, 0, 0, 8, 0, 2, 4, 8, 0, 0, 0};
    uint8_t size = sizes[encoding & 0x0f];
    if (encoding == PE_OMIT)
        return;
    if (!size)
        reader->bad = true;
    cfi_skip(reader, size);
}

static void read_augmentation(struct cie *cie, struct reader *reader, const char *letters)
{
    if (*letters != 'z') {
        cie->unknown = *letters != '\0';
        return;
    }
    cie->has_augmentation = true;
    uint64_t length = read_uleb(reader);
    struct reader data = *reader;
    cfi_skip(reader, length);
    for (letters++; *letters; letters++) {
        if (*letters == 'R')
            cie->pointer_encoding = (uint8_t)read_bytes(&data, 1);
        else if (*letters == 'L')
            cfi_skip(&data, 1);
        else if (*letters == 'P')
            skip_pointer(&data, (uint8_t)read_bytes(&data, 1));
        else if (*letters == 'S')
            cie->is_signal_frame = true;
        else
            cie->unknown = true;
    }
    cie->unknown |= data.bad;
}

static struct cie read_cie(const struct cfi_source *source, uintptr_t at,
                           uint8_t room_for_copy[ENTRY_MOST])
{
    struct cie cie = {.pointer_encoding = 0};
    struct reader reader = read_entry(source, at, room_for_copy);
    uint64_t id = read_bytes(&reader, 4), version = read_bytes(&reader, 1);
    const char *letters = (const char *)reader.at;
    while (read_bytes(&reader, 1) && !reader.bad)
        ;
    cie.code_align = read_uleb(&reader);
    cie.data_align = read_sleb(&reader);
    uint64_t return_register = version == 1 ? read_bytes(&reader, 1) : read_uleb(&reader);
    if (!reader.bad)
        read_augmentation(&cie, &reader, letters);
    cie.unknown |=
        id != 0 || (version != 1 && version != 3) || return_register != REG_RA || reader.bad;
    cie.program = reader;
    return cie;
}

/* ---- the machine
 * ----------------------------------------------------------------------------------- */

enum place { PLACE_SAME, PLACE_CFA, PLACE_UNDEFINED, PLACE_OTHER };

struct state {
    uint64_t cfa_register;
    int64_t cfa_offset;
    bool cfa_is_expression;
    enum place bp, ra;
    int64_t bp_offset, ra_offset;
};

struct machine {
    const struct cie *cie;
    struct state now, initial, saved[8];
    unsigned saved_count;
    uint64_t location, wanted; /* relative to the function */
    bool failed;
};

static void set_place(struct machine *machine, uint64_t reg, enum place place, int64_t offset)
{
    if (reg == REG_BP) {
        machine->now.bp = place;
        machine->now.bp_offset = offset;
    } else if (reg == REG_RA) {
        machine->now.ra = place;
        machine->now.ra_offset = offset;
    } else if (reg == REG_SP && place != PLACE_SAME) {
        machine->failed = true; /* a stack that is switched by hand */
    }
}

static void cfi_restore(struct machine *machine, uint64_t reg)
{
    if (reg == REG_BP)
        set_place(machine, reg, machine->initial.bp, machine->initial.bp_offset);
    else if (reg == REG_RA)
        set_place(machine, reg, machine->initial.ra, machine->initial.ra_offset);
}

static void set_cfa(struct machine *machine, uint64_t reg, int64_t offset)
{
    machine->now.cfa_register = reg;
    machine->now.cfa_offset = offset;
    machine->now.cfa_is_expression = false;
}

static void keep_or_return(struct machine *machine, bool keep)
{
    if (keep && machine->saved_count < 8)
        machine->saved[machine->saved_count++] = machine->now;
    else if (!keep && machine->saved_count > 0)
        machine->now = machine->saved[--machine->saved_count];
    else
        machine->failed = true;
}

/* Instructions that say where the CFA is. False when it is another one. */
static bool run_cfa(struct machine *machine, struct reader *reader, uint8_t opcode)
{
    int64_t align = machine->cie->data_align;
    uint64_t reg = machine->now.cfa_register;
    switch (opcode) {
    case 0x0c: /* def_cfa */
        reg = read_uleb(reader);
        set_cfa(machine, reg, (int64_t)read_uleb(reader));
        return true;
    case 0x0d: /* def_cfa_register */
        set_cfa(machine, read_uleb(reader), machine->now.cfa_offset);
        return true;
    case 0x0e: /* def_cfa_offset */
        set_cfa(machine, reg, (int64_t)read_uleb(reader));
        return true;
    case 0x0f: /* def_cfa_expression */
        cfi_skip(reader, read_uleb(reader));
        machine->now.cfa_is_expression = true;
        return true;
    case 0x12: /* def_cfa_sf */
        reg = read_uleb(reader);
        set_cfa(machine, reg, cfi_scale((uint64_t)read_sleb(reader), align));
        return true;
    case 0x13: /* def_cfa_offset_sf */
        set_cfa(machine, reg, cfi_scale((uint64_t)read_sleb(reader), align));
        return true;
    default:
        return false;
    }
}

/* Instructions that say where a register is kept. False when it is another one. */
static bool run_register(struct machine *machine, struct reader *reader, uint8_t opcode)
{
    int64_t align = machine->cie->data_align;
    uint64_t reg;
    if (opcode < 0x05 || opcode == 0x0a || opcode == 0x0b || opcode > 0x16)
        return false;
    reg = read_uleb(reader);
    switch (opcode) {
    case 0x05: /* offset_extended */
        set_place(machine, reg, PLACE_CFA, cfi_scale(read_uleb(reader), align));
        return true;
    case 0x06: /* restore_extended */
        cfi_restore(machine, reg);
        return true;
    case 0x07: /* undefined */
        set_place(machine, reg, PLACE_UNDEFINED, 0);
        return true;
    case 0x08: /* same_value */
        set_place(machine, reg, PLACE_SAME, 0);
        return true;
    case 0x09: /* register */
        read_uleb(reader);
        set_place(machine, reg, PLACE_OTHER, 0);
        return true;
    case 0x10: /* expression */
    case 0x16: /* val_expression */
        cfi_skip(reader, read_uleb(reader));
        set_place(machine, reg, PLACE_OTHER, 0);
        return true;
    case 0x11: /* offset_extended_sf */
        set_place(machine, reg, PLACE_CFA, cfi_scale((uint64_t)read_sleb(reader), align));
        return true;
    default:
        machine->failed = true;
        return true;
    }
}

/* The instructions that have an opcode of their own (the upper two bits are 0). */
static void run_extended(struct machine *machine, struct reader *reader, uint8_t opcode)
{
    if (run_cfa(machine, reader, opcode) || run_register(machine, reader, opcode))
        return;
    if (opcode >= 0x02 && opcode <= 0x04) /* advance_loc1, 2, 4 */
        machine->location += read_bytes(reader, 1u << (opcode - 2)) * machine->cie->code_align;
    else if (opcode == 0x0a || opcode == 0x0b) /* remember_state, restore_state */
        keep_or_return(machine, opcode == 0x0a);
    else if (opcode == 0x2e) /* GNU_args_size */
        read_uleb(reader);
    else if (opcode != 0x00) /* nop */
        machine->failed = true;
}

/* Runs until the row of the wanted address is complete. */
static void cfi_run(struct machine *machine, struct reader reader)
{
    while (!machine->failed && !reader.bad && reader.at < reader.end &&
           machine->location <= machine->wanted) {
        uint8_t byte = (uint8_t)read_bytes(&reader, 1), low = byte & 0x3f;
        if (byte >> 6 == 1) /* advance_loc */
            machine->location += low * machine->cie->code_align;
        else if (byte >> 6 == 2) /* offset */
            set_place(machine, low, PLACE_CFA,
                      cfi_scale(read_uleb(&reader), machine->cie->data_align));
        else if (byte >> 6 == 3) /* restore */
            cfi_restore(machine, low);
        else
            run_extended(machine, &reader, byte);
    }
    machine->failed |= reader.bad;
}

static enum cfi_result to_row(const struct machine *machine, struct cfi_row *row)
{
    const struct state *state = &machine->now;
    if (state->ra == PLACE_UNDEFINED)
        return CFI_END;
    bool fits = !machine->failed && !state->cfa_is_expression &&
                (state->cfa_register == REG_SP || state->cfa_register == REG_BP) &&
                state->cfa_offset > 0 && state->cfa_offset < 1 << 18 &&
                state->cfa_offset % 8 == 0 && state->ra == PLACE_CFA && state->ra_offset == -8;
    bool bp_fits = state->bp == PLACE_SAME || state->bp == PLACE_UNDEFINED ||
                   (state->bp == PLACE_CFA && state->bp_offset < 0 &&
                    state->bp_offset > -(1 << 18) && state->bp_offset % 8 == 0);
    if (!fits || !bp_fits)
        return CFI_COMPLEX;
    row->from_bp = state->cfa_register == REG_BP;
    row->cfa_offset = (uintptr_t)state->cfa_offset;
    row->saved_bp = state->bp == PLACE_CFA ? (uintptr_t)-state->bp_offset : 0;
    return CFI_ROW;
}

/* Where the function of an FDE begins and how long it is; both 4 bytes, relative to the place. */
static bool read_extent(struct reader *reader, const struct cie *cie, uintptr_t address,
                        uint64_t *inside)
{
    uintptr_t place = (uintptr_t)reader->at + reader->shift;
    uintptr_t begin = place + (uintptr_t)(int64_t)(int32_t)read_bytes(reader, 4);
    uint64_t size = read_bytes(reader, 4);
    if (cie->has_augmentation)
        cfi_skip(reader, read_uleb(reader));
    *inside = address - begin;
    return !reader->bad && address >= begin && *inside < size;
}

enum cfi_result cfi_find(const struct module *module, uintptr_t address, bool is_safe,
                         struct cfi_row *row)
{
    struct cfi_source source = {module, is_safe};
    uint8_t fde_copy[ENTRY_MOST], cie_copy[ENTRY_MOST];
    bool unknown = false;
    uintptr_t fde = cfi_table_find(&source, address, &unknown);
    if (!fde)
        return unknown ? CFI_COMPLEX : CFI_MISSING;
    struct reader reader = read_entry(&source, fde, fde_copy);
    uintptr_t cie_field = (uintptr_t)reader.at + reader.shift;
    struct cie cie = read_cie(&source, cie_field - read_bytes(&reader, 4), cie_copy);
    if (reader.bad || cie.unknown || cie.is_signal_frame ||
        cie.pointer_encoding != (PE_PCREL | PE_SDATA4))
        return CFI_COMPLEX;
    struct machine machine = {.cie = &cie,
                              .now = {.bp = PLACE_SAME, .ra = PLACE_CFA, .ra_offset = -8}};
    if (!read_extent(&reader, &cie, address, &machine.wanted))
        return reader.bad ? CFI_COMPLEX : CFI_MISSING;
    cfi_run(&machine, cie.program);
    machine.initial = machine.now;
    machine.location = 0;
    cfi_run(&machine, reader);
    return to_row(&machine, row);
}
