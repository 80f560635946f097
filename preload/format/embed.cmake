# embed.cmake -- Turns a text file into a C file: cmake -DINPUT= -DOUTPUT= -DNAME= -P embed.cmake
file(READ "${INPUT}" hex HEX)
# As characters, not as numbers: whether char has a sign is the compiler's affair.
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," bytes "${hex}")
get_filename_component(base "${INPUT}" NAME)
file(WRITE "${OUTPUT}"
  "/* Generated from ${base}. */\nextern const char ${NAME}[];\nconst char ${NAME}[] = {${bytes}0};\n")
